from django.apps import AppConfig


class ConversationConfig(AppConfig):
    name = "chatbo.conversation"
    label = "conversation"
