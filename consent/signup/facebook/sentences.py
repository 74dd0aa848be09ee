"""What is said about Facebook on more than one page."""

from django.utils.translation import gettext as _


def said_of_disconnecting(*, was_only_way: bool) -> str:
    """After it: whoever had no other way in has to know of the mail that brings one."""
    if was_only_way:
        return _("Disconnected. We have sent you a link with which you set a password.")
    return _("Disconnected. Facebook no longer opens your account.")
