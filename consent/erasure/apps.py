from django.apps import AppConfig


class ErasureConfig(AppConfig):
    name = "consent.erasure"
    label = "erasure"

    def ready(self) -> None:
        # It names the recipients to the register.
        from consent.erasure.holds.putting_back import HOLD
        from consent.erasure.never_back.putting_back import puts_back
        from consent.erasure.recipients import processing  # noqa: F401

        puts_back(HOLD)
