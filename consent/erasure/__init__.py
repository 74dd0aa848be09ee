"""Erasure: everything stored on a person goes, and the person is told."""
