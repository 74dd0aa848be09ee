"""Addresses under /app/<tenant>/erasures/."""

from django.urls import path

from consent.erasure import retention_views, views
from consent.erasure.holds import views as holds
from consent.erasure.recipients import views as recipients

app_name = "erasure"
urlpatterns = [
    path("", views.erasure_list, name="list"),
    path("recipients/", recipients.recipient_list, name="recipients"),
    path("recipients/new/", recipients.new_recipient, name="new_recipient"),
    path("recipients/<uuid:recipient_id>/", recipients.show_recipient, name="recipient"),
    path("recipients/<uuid:recipient_id>/test/", recipients.try_recipient, name="test_recipient"),
    path("recipients/<uuid:recipient_id>/secret/", recipients.new_secret, name="renew_secret"),
    path(
        "recipients/<uuid:recipient_id>/switch/",
        recipients.switch_recipient,
        name="switch_recipient",
    ),
    path(
        "recipients/<uuid:recipient_id>/remove/", recipients.drop_recipient, name="remove_recipient"
    ),
    path("<slug:code>/notices/retry/", recipients.retry_notices, name="retry_notices"),
    path("people/<uuid:subscriber_id>/hold/", holds.new_hold, name="new_hold"),
    path("holds/", holds.hold_list, name="holds"),
    path("holds/<uuid:hold_id>/", holds.show_hold, name="hold"),
    path("holds/<uuid:hold_id>/extend/", holds.extend, name="extend_hold"),
    path("holds/<uuid:hold_id>/release/", holds.release, name="release_hold"),
    path("retention/<uuid:bot_id>/", retention_views.retention, name="retention"),
    path("<slug:code>/", views.erasure_detail, name="detail"),
    path("<slug:code>/retry/", views.erasure_retry, name="retry"),
]
