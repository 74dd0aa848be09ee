from django.apps import AppConfig


class ConversationConfig(AppConfig):
    name = "chatbo.conversation"
    label = "conversation"

    def ready(self) -> None:
        # Who does the jobs that rooms below this one take in (``jobs.sweep.wake``).
        from chatbo.conversation import tasks  # noqa: F401 (registers)

        # What a restored database must not work on any more.
        from chatbo.conversation.forgetting import drop_events_of
        from consent.erasure.never_back.waiting import drops_what_waits

        drops_what_waits(drop_events_of)
