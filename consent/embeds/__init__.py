"""Conversion tools that load nothing before the click."""
