from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "chatbo.foundation.jobs"
    label = "jobs"
