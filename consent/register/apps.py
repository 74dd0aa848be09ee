from django.apps import AppConfig


class RegisterConfig(AppConfig):
    name = "consent.register"
    label = "register"
