from django.apps import AppConfig


class PassageConfig(AppConfig):
    name = "dpa.passage"
    label = "passage"
