"""Why a notice was not taken, in words."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chatbo.foundation.outbound import Reason

WORDS = {
    Reason.FORM: gettext_lazy("The address is none that we open."),
    Reason.UNKNOWN: gettext_lazy("There is nothing under this name."),
    Reason.NOT_PUBLIC: gettext_lazy("The name leads into a private network."),
    Reason.UNREACHABLE: gettext_lazy("Nobody answers there."),
    Reason.CERTIFICATE: gettext_lazy("Its certificate is not valid."),
    Reason.SLOW: gettext_lazy("It did not answer within ten seconds."),
    Reason.BROKEN: gettext_lazy("Its answer cannot be understood."),
    "paused": gettext_lazy("You had paused it."),
    "removed": gettext_lazy("You removed it before it was told."),
    "gone": gettext_lazy("It answered that there is nothing there any more (410)."),
    "unreadable": gettext_lazy("Its secret cannot be read at the moment."),
    "status 429": gettext_lazy("It asked us to slow down (429)."),
}


def in_words(error: str) -> str:
    """``error`` as ``delivering`` notes it; nothing for nothing."""
    if not error:
        return ""
    if error == "status 410":  # To a test: that switches nothing off.
        error = "gone"
    if error in WORDS:
        return str(WORDS[error])
    status = error.removeprefix("status ")
    if status.startswith("3"):
        return _("It leads on to another address (%(status)s). We do not follow.") % {
            "status": status
        }
    return _("It answered with the error %(status)s.") % {"status": status}
