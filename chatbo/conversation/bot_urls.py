"""Addresses under /app/<slug>/bots/: the room of bots, and the pages that read texts and contracts.

One namespace for both, so that whoever links to a bot's page need not know which room shows it.
"""

from django.urls import path

from chatbo.conversation import bot_pages, trying
from tenants.bots import views
from tenants.bots.models import Platform

app_name = "bots"
urlpatterns = [
    path("", views.bot_list, name="list"),
    path("new/", views.new_bot, name="new"),
    path("<uuid:bot_id>/", bot_pages.show, name="show"),
    path("<uuid:bot_id>/edit/", views.edit_bot, name="edit"),
    path("<uuid:bot_id>/pause/", views.pause, name="pause"),
    path("<uuid:bot_id>/go-live/", bot_pages.open_to_public, name="go_live"),
    path("<uuid:bot_id>/rules/new/", views.new_rule, name="new_rule"),
    path("<uuid:bot_id>/rules/<uuid:rule_id>/", views.edit_rule, name="edit_rule"),
    path("<uuid:bot_id>/rules/<uuid:rule_id>/delete/", views.delete_rule, name="delete_rule"),
    path("<uuid:bot_id>/rules/<uuid:rule_id>/move/", views.shift_rule, name="move_rule"),
    path(
        "<uuid:bot_id>/connect/messenger/",
        bot_pages.connect,
        {"platform": Platform.MESSENGER},
        name="connect_messenger",
    ),
    path(
        "<uuid:bot_id>/connect/telegram/",
        bot_pages.connect,
        {"platform": Platform.TELEGRAM},
        name="connect_telegram",
    ),
    path("<uuid:bot_id>/connect/web/", bot_pages.switch_on_web_chat, name="connect_web"),
    path(
        "<uuid:bot_id>/channels/<uuid:channel_id>/disconnect/",
        bot_pages.disconnect,
        name="disconnect",
    ),
    path("<uuid:bot_id>/channels/<uuid:channel_id>/menu/", bot_pages.renew_menu, name="renew_menu"),
    path("<uuid:bot_id>/try/", trying.chat, name="try"),
    path("<uuid:bot_id>/try/messages/", trying.messages, name="try_messages"),
]
