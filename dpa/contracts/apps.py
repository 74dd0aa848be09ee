from django.apps import AppConfig


class ContractsConfig(AppConfig):
    name = "dpa.contracts"
    label = "contracts"
