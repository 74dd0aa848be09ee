from django.apps import AppConfig


class IsolationConfig(AppConfig):
    name = "chatbo.foundation.isolation"
    label = "isolation"

    def ready(self) -> None:
        from chatbo.foundation.isolation import checks  # noqa: F401 (registers)
