from django.apps import AppConfig


class TextsConfig(AppConfig):
    name = "consent.texts"
    label = "texts"
