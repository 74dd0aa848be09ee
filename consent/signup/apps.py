from django.apps import AppConfig


class SignupConfig(AppConfig):
    name = "consent.signup"
    label = "signup"

    def ready(self) -> None:
        from consent.ledger.endings import ends_with
        from consent.ledger.models import ConsentRecord
        from consent.signup.facebook.disconnecting import disconnect_facebook

        ends_with(ConsentRecord.Purpose.THIRD_PARTY, disconnect_facebook)
