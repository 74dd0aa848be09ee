from django.apps import AppConfig


class SubprocessorsConfig(AppConfig):
    name = "dpa.subprocessors"
    label = "subprocessors"

    def ready(self) -> None:
        from dpa.subprocessors import naming  # noqa: F401 (names them to the register)
