"""Telegram's Bot API and its updates."""
