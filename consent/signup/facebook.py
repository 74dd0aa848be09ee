"""Facebook Connect: nothing of it begins before the recorded consent."""

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """Hooks into allauth's social log-in."""
