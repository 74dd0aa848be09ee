"""The audit log: who did what, when, to what; append-only."""
