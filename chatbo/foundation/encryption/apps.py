from django.apps import AppConfig


class EncryptionConfig(AppConfig):
    name = "chatbo.foundation.encryption"
    label = "encryption"

    def ready(self) -> None:
        from chatbo.foundation.encryption import checks  # noqa: F401 (registers, once models exist)
