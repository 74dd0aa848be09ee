"""Landing page, homes and checklist, platform, partner, verify, health."""
