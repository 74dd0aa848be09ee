"""Users, tenants and who belongs where."""
