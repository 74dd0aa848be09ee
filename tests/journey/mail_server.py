"""A mail server (SMTP, RFC 5321) that keeps what it is given, or refuses it in many words."""

import email
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default


class MailServer(socketserver.ThreadingTCPServer):
    """``refuses``: what in a recipient's address makes it refuse, quoting the whole address."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.refuses: set[str] = set()
        self.refused = 0
        self.mails: list[EmailMessage] = []

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"

    def to(self, address: str) -> list[EmailMessage]:
        """What came for an address, oldest first."""
        return [mail for mail in self.mails if address in str(mail["To"])]


class _Session(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self._say("220 mail.example")
        while line := self.rfile.readline().decode(errors="replace").strip():
            match line[:4].upper():
                case "EHLO" | "HELO":
                    self._say("250 mail.example")
                case "RCPT" if any(part in line for part in self.server.refuses):
                    self.server.refused += 1
                    self._say(f"550 5.1.1 {line[8:]} does not live here any more")
                case "DATA":
                    self._say("354 go on")
                    self._keep()
                    self._say("250 taken")
                case "QUIT":
                    self._say("221 bye")
                    return
                case _:
                    self._say("250 fine")

    def _keep(self) -> None:
        lines: list[bytes] = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        self.server.mails.append(email.message_from_bytes(b"".join(lines), policy=default))

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@contextmanager
def mail_server() -> Iterator[MailServer]:
    with MailServer() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
