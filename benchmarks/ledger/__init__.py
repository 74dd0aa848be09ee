"""What ``consent_ledger`` measures: writers that take turns, and what a million records ask for."""
