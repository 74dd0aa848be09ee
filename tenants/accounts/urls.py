"""Addresses under /app/<slug>/."""

from django.urls import path

from tenants.accounts import log_views, member_views, views, website_views

app_name = "accounts"
urlpatterns = [
    path("settings/", views.company_settings, name="settings"),
    path("settings/logo/", website_views.save_logo, name="logo"),
    path("settings/logo/remove/", website_views.drop_logo, name="remove_logo"),
    path("settings/consents/", views.choose_network, name="consent_network"),
    path("settings/check/", website_views.check_website, name="check_website"),
    path("log/", log_views.log, name="log"),
    path("log/log.csv", log_views.export, name="log_export"),
    path("members/", member_views.members, name="members"),
    path("members/invite/", member_views.invite, name="invite"),
    path("members/leave/", member_views.leave, name="leave"),
    path("members/hand-over/", member_views.give, name="hand_over"),
    path("members/second-factor/", member_views.second_factor, name="second_factor"),
    path("members/support/", member_views.let_support_in, name="support"),
    path(
        "members/support/<uuid:grant_id>/end/", member_views.end_support_grant, name="end_support"
    ),
    path("members/<uuid:membership_id>/", member_views.change, name="member"),
    path("members/<uuid:membership_id>/remove/", member_views.remove, name="remove"),
    path(
        "members/invitations/<uuid:invitation_id>/resend/",
        member_views.resend,
        name="resend_invitation",
    ),
    path(
        "members/invitations/<uuid:invitation_id>/withdraw/",
        member_views.withdraw,
        name="withdraw_invitation",
    ),
]
