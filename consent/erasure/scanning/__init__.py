"""Looking for people everywhere that something can lie: whoever was erased must be found nowhere.

``search`` goes through items (``tables``, ``files``, ``keys``) for whom is sought; ``scans`` does
so each night for a sample of those who were erased lately.
"""

from consent.erasure.scanning.items import Hit, Item, Kind, Words, search

__all__ = ["Hit", "Item", "Kind", "Words", "search"]
