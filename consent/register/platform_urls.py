"""Addresses under /platform/register/."""

from django.urls import path

from consent.register import platform_views

app_name = "platform_register"
urlpatterns = [
    path("", platform_views.show_records, name="show"),
    path("controller.<str:form>", platform_views.download_own, name="own"),
    path("processor.<str:form>", platform_views.download_as_processor, name="as_processor"),
]
