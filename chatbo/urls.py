"""The public addresses. Each room names its own; here they get their places."""

from django.urls import URLPattern, URLResolver, include, path
from django.views.decorators.csrf import csrf_exempt
from django.views.i18n import set_language

from chatbo.foundation.searching import search

# A tenant's dashboard: every address below is wrapped by ``tenants.accounts.access.tenant_page``.
tenant_pages: list[URLPattern | URLResolver] = [
    path("", include("chatbo.dashboard.tenant_urls")),
    path("bots/", include("chatbo.conversation.bot_urls")),
    path("contracts/", include("dpa.contracts.urls")),
    path("passage/", include("dpa.passage.urls")),
    path("register/", include("consent.register.urls")),
    path("embeds/", include("consent.embeds.urls")),
    path("consents/", include("consent.ledger.urls")),
    path("erasures/people/", include("consent.rights.urls")),
    path("requests/", include("consent.rights.by_hand.urls")),
    path("erasures/", include("consent.erasure.urls")),
    path("ending/", include("consent.erasure.leaving.urls")),
    path("", include("tenants.accounts.urls")),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("chatbo.dashboard.urls")),
    path("", include("consent.signup.urls")),
    path("", include("tenants.accounts.public_urls")),
    path("accounts/", include("tenants.accounts.own_urls")),
    path("accounts/", include("consent.erasure.accounts.urls")),
    path("accounts/", include("allauth.urls")),
    # Exempt: changing the language harms nobody, and so a page that is only read sets no cookie.
    path("i18n/setlang/", csrf_exempt(set_language), name="set_language"),
    path("search/", search, name="search"),
    path("app/<slug:tenant_slug>/", include(tenant_pages)),
    path("platform/contracts/", include("dpa.contracts.platform_urls")),
    path("platform/register/", include("consent.register.platform_urls")),
    path("platform/", include("chatbo.dashboard.platform_urls")),
    path("partner/", include("tenants.affiliates.urls")),
    path("webhooks/", include("chatbo.conversation.urls")),
    path("e/", include("consent.embeds.public_urls")),
    path("e/", include("chatbo.conversation.webchat_urls")),
    path("erasure/account/", include("consent.erasure.accounts.public_urls")),
    path("erasure/business/", include("consent.erasure.leaving.public_urls")),
    path("erasure/", include("consent.erasure.public_urls")),
    path("my-data/", include("consent.erasure.person_exports.public_urls")),
    path("receipt/", include("consent.ledger.public_urls")),
    path("", include("dpa.passage.public_urls")),
    path("", include("dpa.subprocessors.urls")),
    path("", include("consent.texts.urls")),
]

handler400 = "chatbo.dashboard.errors.bad_request"
handler500 = "chatbo.dashboard.errors.server_error"
