from django.apps import AppConfig


class RightsConfig(AppConfig):
    name = "consent.rights"
    label = "rights"

    def ready(self) -> None:
        from consent.erasure.never_back.putting_back import puts_back
        from consent.rights.putting_back import RESTRICTION

        puts_back(RESTRICTION)
