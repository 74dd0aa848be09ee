"""The address under /my-data/: for whoever holds a link."""

from django.urls import path

from consent.erasure.person_exports import link_views

app_name = "my_data"
urlpatterns = [path("<slug:token>/", link_views.open_data, name="open")]
