"""The Graph API: pages, their profile, the Send API, and Meta's webhooks."""
