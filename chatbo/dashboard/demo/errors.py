"""Why the demo's data could not be made."""


class DemoError(Exception):
    """One sentence for whoever started the demo, saying what to do."""
