from django.apps import AppConfig


class DashboardConfig(AppConfig):
    name = "chatbo.dashboard"
    label = "dashboard"
