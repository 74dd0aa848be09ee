"""The privacy passage and the hosted imprint and privacy pages."""
