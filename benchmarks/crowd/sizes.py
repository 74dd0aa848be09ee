"""How many of everything, and with whom: a few large businesses, most with some hundred people."""

LARGE = (50_000, 40_000, 30_000, 25_000, 20_000)
MIDDLE = (3_000,) * 100
USUAL = (600,) * 894
PEOPLE = (*LARGE, *MIDDLE, *USUAL, 1_000_000 - sum(LARGE) - sum(MIDDLE) - sum(USUAL))
"""Subscribers by business, the largest first."""

LARGEST, MIDDLING = 0, len(LARGE)
"""The two businesses whose pages are measured, as places in ``PEOPLE``."""

MESSAGES_EACH = 2
ERASED = 0.05
"""Erasures, as a part of the people that there are."""
AUDIT_OF_LARGEST = 1_000_000
"""A year of one business that is busy indeed: the longest audit log that is to be searched."""
AUDIT_OF_OTHERS = 500
"""The same of each other one."""

BOTS_OF_MEASURED = 10
