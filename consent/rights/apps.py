from django.apps import AppConfig


class RightsConfig(AppConfig):
    name = "consent.rights"
    label = "rights"

    def ready(self) -> None:
        from consent.erasure.never_back.putting_back import puts_back
        from consent.rights.models import Restriction
        from consent.rights.putting_back import KIND, put_restriction_back

        puts_back(KIND, Restriction, put_restriction_back)
