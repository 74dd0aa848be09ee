"""Serving the stand-ins: from the command line, or in a thread for a test."""

import logging
import socket
import threading
from typing import Any

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from standins.app import Application
from standins.world import Config, World

HOST = "127.0.0.1"


class QuietHandler(WSGIRequestHandler):
    """Only errors are worth a line; the record of calls holds the rest."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass

    def connection_dropped(
        self, error: BaseException, environ: dict[str, Any] | None = None
    ) -> None:
        pass


class StandIns:
    """The running stand-ins: their world, and the server that shows it."""

    def __init__(self, config: Config, *, port: int = 0) -> None:
        # Bound here: werkzeug would end the whole process when the port is taken.
        listening = socket.create_server((HOST, port), backlog=128)
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        try:
            self.world = World(config)
            self._server: BaseWSGIServer = make_server(
                HOST,
                listening.getsockname()[1],
                Application(self.world),
                threaded=True,
                request_handler=QuietHandler,
                fd=listening.fileno(),
            )
        finally:
            listening.close()  # the server has its own copy
        self.url = f"http://{HOST}:{self._server.port}"
        self._thread: threading.Thread | None = None
        self.world.outbox.start()

    def serve(self) -> None:
        """Serve until interrupted."""
        self._server.serve_forever()

    def start(self) -> None:
        """Serve in a thread. Closing it waits for its next look around: a test has no time."""
        serve = self._server.serve_forever
        self._thread = threading.Thread(target=serve, args=(0.01,), name="standins", daemon=True)
        self._thread.start()

    def close(self) -> None:
        if self._thread is not None:
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()
        self.world.close()
