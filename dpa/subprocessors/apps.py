from django.apps import AppConfig


class SubprocessorsConfig(AppConfig):
    name = "dpa.subprocessors"
    label = "subprocessors"
