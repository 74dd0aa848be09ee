"""Addresses under /app/<tenant>/register/."""

from django.urls import path

from consent.register import views

app_name = "register"
urlpatterns = [
    path("", views.show_record, name="show"),
    path("record.<str:form>", views.download, name="download"),
]
