"""Documents that last: rendered as PDF/A, sealed as PAdES, and read again by anybody.

``render`` makes the pages, ``keys`` holds the platform's sealing key, ``seal`` signs with it,
``verify`` tells whether a file is one of ours and unchanged.

Nothing is imported here: the settings make the demo's key before Django is set up, and
WeasyPrint takes half a second to load.
"""
