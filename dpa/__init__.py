"""The paper: processing contracts, sub-processors, privacy passage."""
