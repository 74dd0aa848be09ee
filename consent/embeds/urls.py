"""Addresses under /app/<tenant>/embeds/."""

from django.urls import path

from consent.embeds import views

app_name = "embeds"
urlpatterns = [
    path("", views.tool_list, name="list"),
    path("new/", views.new_tool, name="new"),
    path("<uuid:tool_id>/", views.show_tool, name="show"),
    path("<uuid:tool_id>/edit/", views.edit_tool, name="edit"),
    path("<uuid:tool_id>/renew/", views.renew, name="renew"),
    path("<uuid:tool_id>/switch/", views.switch, name="switch"),
    path("<uuid:tool_id>/file/", views.script_file, name="file"),
]
