"""Addresses under /e/: the public web chat of a conversion tool."""

from django.urls import path

from chatbo.conversation import webchat_pages

app_name = "webchat"
urlpatterns = [
    path("<uuid:tool_id>/chat/", webchat_pages.chat, name="chat"),
    path("<uuid:tool_id>/chat/messages/", webchat_pages.messages, name="messages"),
]
