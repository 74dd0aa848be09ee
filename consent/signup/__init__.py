"""Registration: consent before anything is stored."""
