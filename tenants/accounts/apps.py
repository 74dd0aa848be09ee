from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "tenants.accounts"
    label = "accounts"

    def ready(self) -> None:
        from tenants.accounts import (  # noqa: F401 (they declare and listen, once models exist)
            library_data,
            security_log,
        )
