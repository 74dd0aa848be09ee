from django.apps import AppConfig


class BotsConfig(AppConfig):
    name = "tenants.bots"
    label = "bots"
