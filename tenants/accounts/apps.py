from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "tenants.accounts"
    label = "accounts"

    def ready(self) -> None:
        from tenants.accounts import library_data  # noqa: F401 (declares, once models exist)
