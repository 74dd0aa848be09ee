from django.apps import AppConfig


class EmbedsConfig(AppConfig):
    name = "consent.embeds"
    label = "embeds"

    def ready(self) -> None:
        from consent.embeds import processing  # noqa: F401 (offers the tools to the register)
