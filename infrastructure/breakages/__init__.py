"""Guards that are taken out of a copy, one by one, to see a test go red."""
