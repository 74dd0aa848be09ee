"""After a restore: what is measured in a database of its own."""
