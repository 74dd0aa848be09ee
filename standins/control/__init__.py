"""A JSON interface for tests, seeding and the phone."""
