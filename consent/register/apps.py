from django.apps import AppConfig


class RegisterConfig(AppConfig):
    name = "consent.register"
    label = "register"

    def ready(self) -> None:
        from consent.register import for_tenants  # noqa: F401 (offers, once models exist)
