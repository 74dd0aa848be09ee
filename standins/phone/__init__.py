"""A page that plays a person's phone."""
