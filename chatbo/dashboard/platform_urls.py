"""Addresses under /platform/. Contracts are reviewed in ``dpa.contracts.platform_urls``."""

from django.urls import path

from chatbo.dashboard import (
    platform_home,
    platform_lists,
    platform_log,
    platform_mails,
    platform_requests,
    platform_support,
    platform_tenant,
    platform_users,
    text_drafting,
    text_review,
)

app_name = "platform"
urlpatterns = [
    path("", platform_home.home, name="home"),
    path("tenants/", platform_lists.tenants, name="tenants"),
    path("tenants/<uuid:tenant_id>/", platform_tenant.tenant, name="tenant"),
    path("tenants/<uuid:tenant_id>/unlock/", platform_tenant.unlock, name="unlock"),
    path(
        "tenants/<uuid:tenant_id>/invitations/<uuid:invitation_id>/resend/",
        platform_tenant.resend,
        name="resend_invitation",
    ),
    path("users/", platform_users.users, name="users"),
    path("users/<uuid:user_id>/", platform_users.user, name="user"),
    path("users/<uuid:user_id>/end-sessions/", platform_users.end_sessions, name="end_sessions"),
    path("mails/", platform_mails.lost_mails, name="mails"),
    path("support/", platform_support.grants, name="support"),
    path("log/", platform_log.log, name="log"),
    path("erasures/", platform_lists.erasures, name="erasures"),
    path("erasures/import/", platform_requests.import_requests, name="import_requests"),
    path(
        "erasures/requests/<uuid:request_id>/retry/",
        platform_requests.retry_request,
        name="retry_request",
    ),
    path(
        "erasures/requests/<uuid:request_id>/close/",
        platform_requests.close,
        name="close_request",
    ),
    path("texts/", text_review.queue, name="texts"),
    path("texts/<uuid:version_id>/", text_review.review, name="text"),
    path("texts/<uuid:version_id>/next/", text_drafting.begin, name="begin_draft"),
    path("texts/drafts/<uuid:draft_id>/", text_drafting.draft, name="draft"),
    path("texts/drafts/<uuid:draft_id>/discard/", text_drafting.discard, name="discard_draft"),
]
