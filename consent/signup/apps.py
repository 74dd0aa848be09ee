from django.apps import AppConfig


class SignupConfig(AppConfig):
    name = "consent.signup"
    label = "signup"
