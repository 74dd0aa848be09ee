from django.apps import AppConfig


class RightsConfig(AppConfig):
    name = "consent.rights"
    label = "rights"
