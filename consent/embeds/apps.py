from django.apps import AppConfig


class EmbedsConfig(AppConfig):
    name = "consent.embeds"
    label = "embeds"
