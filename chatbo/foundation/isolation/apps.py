from django.apps import AppConfig


class IsolationConfig(AppConfig):
    name = "chatbo.foundation.isolation"
    label = "isolation"
