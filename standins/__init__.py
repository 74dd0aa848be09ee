"""Strict stand-ins for the foreign platforms: Messenger, Facebook's log-in, Telegram.

They refuse what the real ones refuse, so that the product meets its errors here and not in
public. They import nothing of the product and speak to it only as the platforms do: over HTTP.
Nothing leaves this machine. How to use them: ``README.md`` beside this file.
"""
