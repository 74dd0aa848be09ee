"""How the product logs, and what must not stand in a log.

A line is an event, a few facts and ids; never a name, an address, a message, a token or a path.
What the product writes itself keeps to that by being written so (a test reads all its calls); of
what libraries write, only the sentence is kept, and of an exception only its class, its places in
the code and the facts that are known to name nobody. A net behind both catches what looks like an
address, a token or a number of somebody's.
"""

from chatbo.foundation.logs.setup import log_uncaught_exceptions, logging_to_stderr

__all__ = ["log_uncaught_exceptions", "logging_to_stderr"]
