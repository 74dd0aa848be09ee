"""Erasing very many people: what is measured in a database of its own."""
