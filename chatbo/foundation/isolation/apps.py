from django.apps import AppConfig


class IsolationConfig(AppConfig):
    name = "chatbo.foundation.isolation"
    label = "isolation"

    def ready(self) -> None:
        from chatbo.foundation.isolation import checks  # noqa: F401 (registers)
        from chatbo.foundation.personal_data import (  # noqa: F401 (registers, once models exist)
            checks as of_personal_data,
        )
