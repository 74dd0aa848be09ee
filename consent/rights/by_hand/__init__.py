"""Requests that came by letter, telephone, mail or in person (Arts. 12, 15-18, 21 GDPR)."""
