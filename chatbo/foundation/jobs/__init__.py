"""What every job shares: claiming with a lease, and the sweep."""
