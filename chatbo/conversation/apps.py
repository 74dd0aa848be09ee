from django.apps import AppConfig


class ConversationConfig(AppConfig):
    name = "chatbo.conversation"
    label = "conversation"

    def ready(self) -> None:
        # Who does the jobs that rooms below this one take in (``jobs.sweep.wake``).
        from chatbo.conversation import tasks  # noqa: F401 (registers)
