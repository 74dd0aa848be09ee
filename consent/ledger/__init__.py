"""Consent records and their proof."""
