"""Logging in with Facebook: the dialog, the code, the token, the profile."""
