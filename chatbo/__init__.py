"""The project: settings, addresses, and the top floor."""
