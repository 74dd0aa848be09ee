"""What a business shows of itself: its logo, and whether its own pages can be read."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from chatbo.foundation import limits
from chatbo.foundation.outbound import Reason
from chatbo.foundation.uploads import UploadError, Wrong, takes_files
from chatbo.foundation.uploads.pictures import LARGEST
from tenants.accounts.access import TenantRequest, tenant_page
from tenants.accounts.logo import change_logo, remove_logo
from tenants.accounts.website_check import Finding, look_at

WRONG_LOGO = {
    Wrong.EMPTY: gettext_lazy("The file is empty."),
    Wrong.TOO_LARGE: gettext_lazy("The file is larger than 5 MB. Please choose a smaller one."),
    Wrong.TYPE: gettext_lazy(
        "This is no picture that we can use. Please choose a PNG, JPEG or WebP."
    ),
    Wrong.DAMAGED: gettext_lazy("The picture cannot be read to its end. Please save it again."),
    Wrong.TOO_MANY_PIXELS: gettext_lazy(
        "The picture has more than 16 million pixels. Please make it smaller."
    ),
    Wrong.MOVING: gettext_lazy("The picture moves. Please choose one that stands still."),
}
NOT_REACHED = {
    Reason.FORM: gettext_lazy(
        "It leads to something that is no public page with https. We do not open such addresses."
    ),
    Reason.UNKNOWN: gettext_lazy("There is no website of this name. Is it spelled correctly?"),
    Reason.NOT_PUBLIC: gettext_lazy(
        "The name leads into a private network, not to a public website."
    ),
    Reason.UNREACHABLE: gettext_lazy("Nobody answers there."),
    Reason.CERTIFICATE: gettext_lazy(
        "The website's certificate is not valid. Browsers warn your visitors as well."
    ),
    Reason.SLOW: gettext_lazy("The page did not come within five seconds."),
    Reason.REDIRECTS: gettext_lazy("It leads on and on to other addresses."),
    Reason.TYPE: gettext_lazy("What comes is no web page, no text and no PDF."),
    Reason.TOO_LARGE: gettext_lazy("The page is larger than 1 MB."),
    Reason.BROKEN: gettext_lazy("The answer cannot be understood."),
}
PRESSES, SECONDS = 10, 600


@require_POST
@takes_files(LARGEST)
@tenant_page
def save_logo(request: TenantRequest) -> HttpResponse:
    file = request.FILES.get("logo")
    try:
        if file is None:
            messages.error(request, _("Please choose a picture first."))
        else:
            change_logo(request.tenant, file)
            messages.success(request, _("Your logo is saved."))
    except UploadError as error:
        messages.error(request, WRONG_LOGO[error.wrong])
    return redirect("accounts:settings", request.tenant.slug)


@require_POST
@tenant_page
def drop_logo(request: TenantRequest) -> HttpResponse:
    remove_logo(request.tenant)
    messages.success(request, _("Your logo is removed."))
    return redirect("accounts:settings", request.tenant.slug)


@require_POST
def check_website(request: HttpRequest, tenant_slug: str) -> HttpResponseBase:
    """Reads the addresses in the tenant's scope, and leaves it before it asks the website."""
    answer = _note_addresses(request, tenant_slug=tenant_slug)
    urls: dict[str, str] = getattr(request, "addresses_to_check", {})
    for title, finding in zip(urls, look_at(list(urls.values())), strict=True):
        _tell(request, title, finding)
    return answer


@tenant_page
def _note_addresses(request: TenantRequest) -> HttpResponse:
    tenant = request.tenant
    urls = {_("Imprint"): tenant.imprint_url, _("Privacy policy"): tenant.privacy_url}
    named = {title: url for title, url in urls.items() if url}
    if not named:
        messages.info(request, _("You have named no pages of your own. ChatBo hosts both for you."))
    elif limits.count("website-check", str(tenant.pk), seconds=SECONDS) > PRESSES:
        messages.warning(request, _("That was too often in a short time. Please wait ten minutes."))
    else:
        asked: Any = request
        asked.addresses_to_check = named
    return redirect("accounts:settings", tenant.slug)


def _tell(request: HttpRequest, title: str, finding: Finding) -> None:
    values = {"page": title, "status": finding.status, "website": finding.leads_to}
    if finding.reason is not None:
        why = NOT_REACHED[finding.reason]
        messages.error(request, _("%(page)s: not reachable. %(why)s") % {**values, "why": why})
    elif not finding.is_reachable:
        messages.error(
            request,
            _(
                "%(page)s: the website answers with the error %(status)s. If you see the page in"
                " your browser, it keeps programs out."
            )
            % values,
        )
    elif finding.leads_to:
        messages.warning(
            request,
            _("%(page)s: reachable, but it leads on to %(website)s. Better name that address.")
            % values,
        )
    else:
        messages.success(request, _("%(page)s: reachable for everybody.") % values)
