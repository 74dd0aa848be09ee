from django.apps import AppConfig


class ErasureConfig(AppConfig):
    name = "consent.erasure"
    label = "erasure"

    def ready(self) -> None:
        # It names the recipients to the register.
        from consent.erasure.recipients import processing  # noqa: F401
