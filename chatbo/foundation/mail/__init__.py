"""The outbox: mail that must go out is a row first."""
