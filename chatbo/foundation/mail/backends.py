"""The demo's mail: one file a mail, to be opened with any mail program."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage

from chatbo.foundation.isolation.ids import new_code
from chatbo.foundation.personal_data import Category, Medium, StoredData, declare_store

declare_store(
    Medium.FILES,
    __name__,
    StoredData(
        subject="accounts.User",
        holds={"recipient": Category.CONTACT, "body": Category.CONTENT},
        end="With the demo's folder; elsewhere a mail server takes them.",
        export="mails",
    ),
)


class FolderBackend(BaseEmailBackend):
    """Writes each message as ``<time>-<code>.eml`` into ``settings.EMAIL_FILE_PATH``."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            name = f"{time.strftime('%Y%m%d-%H%M%S')}-{new_code(6)}.eml"
            written: Any = message.message()
            # Renamed when whole, so that nobody reads half a mail.
            part = folder / f".{name}"
            part.write_bytes(written.as_bytes())
            part.rename(folder / name)
        return len(email_messages)
