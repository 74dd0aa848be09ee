"""Bots, their channels, subscribers, messages and rules."""
