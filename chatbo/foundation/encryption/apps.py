from django.apps import AppConfig


class EncryptionConfig(AppConfig):
    name = "chatbo.foundation.encryption"
    label = "encryption"

    def ready(self) -> None:
        from chatbo.foundation.encryption import (  # noqa: F401 (they register, once models exist)
            checks,
            transport,
        )
