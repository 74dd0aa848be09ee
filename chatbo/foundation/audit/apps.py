from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "chatbo.foundation.audit"
    label = "audit"
