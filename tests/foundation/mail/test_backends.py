"""The demo's mail lies in a folder, whole, one file each."""

import email
from email.policy import default
from pathlib import Path
from typing import Any

from django.core.mail import EmailMessage, get_connection


def test_each_mail_is_a_file_that_any_mail_program_opens(settings: Any, tmp_path: Path) -> None:
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    folder = get_connection("chatbo.foundation.mail.backends.FolderBackend")
    mails = [
        EmailMessage("Grüße", "Bis bald", to=[f"{name}@cafe.example"], connection=folder)
        for name in ("anna", "ben")
    ]
    mails[0].attach("avv.pdf", b"%PDF-1.7", "application/pdf")

    assert folder.send_messages(mails) == 2

    written = [
        email.message_from_bytes(file.read_bytes(), policy=default)
        for file in (tmp_path / "mail").iterdir()
    ]
    assert {mail["To"] for mail in written} == {"anna@cafe.example", "ben@cafe.example"}
    assert {mail["Subject"] for mail in written} == {"Grüße"}
    (to_anna,) = [mail for mail in written if mail["To"] == "anna@cafe.example"]
    (attached,) = to_anna.iter_attachments()  # type: ignore[attr-defined]  # of the new policy
    assert attached.get_content() == b"%PDF-1.7"
