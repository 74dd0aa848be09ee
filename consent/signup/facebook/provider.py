"""Facebook as a provider of allauth's: the wire, over our guarded client, with the least data.

https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow
"""

import hashlib
import hmac
from typing import Any

from allauth.socialaccount.models import SocialLogin, SocialToken
from allauth.socialaccount.providers.base.provider import ProviderException
from allauth.socialaccount.providers.facebook import provider as library
from allauth.socialaccount.providers.facebook import views as library_views
from allauth.utils import get_request_param
from django.conf import settings
from django.http import HttpRequest

from chatbo.foundation.outbound import OutboundError, call

VERSION = "v26.0"
FIELDS = ("id", "name", "email")


class FacebookOAuth2Adapter(library_views.FacebookOAuth2Adapter):
    """The addresses are read from the settings at each use, so a stand-in can take their place."""

    @property
    def authorize_url(self) -> str:
        return f"{settings.FACEBOOK_OAUTH_URL}/{VERSION}/dialog/oauth"

    def get_access_token_data(
        self, request: HttpRequest, app: Any, client: Any, pkce_code_verifier: str | None = None
    ) -> dict[str, Any]:
        # By POST: the library's GET would put the app's secret into an address.
        return _ask(
            "POST",
            "oauth/access_token",
            wanted="access_token",
            form={
                "client_id": app.client_id,
                "client_secret": app.secret,
                "redirect_uri": client.callback_url,
                "code": str(get_request_param(request, "code") or ""),
            },
        )

    def complete_login(
        self, request: HttpRequest, app: Any, token: SocialToken, **kwargs: Any
    ) -> SocialLogin:
        proof = hmac.new(app.secret.encode(), token.token.encode(), hashlib.sha256).hexdigest()
        profile = _ask(
            "GET",
            "me",
            wanted="id",
            params={"fields": ",".join(FIELDS), "appsecret_proof": proof},
            headers={"Authorization": f"Bearer {token.token}"},
        )
        return self.get_provider().sociallogin_from_response(request, profile)


class FacebookProvider(library.FacebookProvider):
    """The redirect, never the JavaScript SDK, which would contact Facebook from our pages."""

    oauth2_adapter_class = FacebookOAuth2Adapter

    def get_method(self) -> str:
        return "oauth2"

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """Nothing: the account needs Facebook's id, which is stored as such."""
        return {}


def is_offered() -> bool:
    """Whether this installation has an app at Meta to log in with."""
    return bool(settings.META_APP_ID and settings.META_APP_SECRET)


def _ask(method: str, path: str, *, wanted: str, **request: Any) -> dict[str, Any]:
    try:
        answer = call(method, f"{settings.META_GRAPH_URL}/{VERSION}/{path}", **request)
    except OutboundError as error:
        raise ProviderException(error.kind) from error
    if answer.status != 200 or not isinstance(answer.data, dict) or wanted not in answer.data:
        raise ProviderException(f"{path} answered {answer.status}")
    return answer.data
