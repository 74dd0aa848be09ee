from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "chatbo.foundation.mail"
    label = "mail"
