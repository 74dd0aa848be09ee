from django.apps import AppConfig


class AffiliatesConfig(AppConfig):
    name = "tenants.affiliates"
    label = "affiliates"
