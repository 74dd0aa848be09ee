"""Who else processes, and where."""
