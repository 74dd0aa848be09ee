"""What the tools do with personal data, for the register of processing."""

import uuid
from collections.abc import Collection, Iterator

from django.utils.translation import gettext as _

from consent.embeds.models import Tool
from consent.register.activities import Activity
from consent.register.for_tenants import PROOF, kept_pseudonymous
from consent.register.kinds import kinds_about, tables_about
from consent.register.offers import Chosen, Source, offer


def _tool(chosen: Chosen) -> Activity:
    return Activity(
        key="tool",
        title=_("Conversion tools on websites (two clicks)"),
        purpose=_("Leading visitors of a website to the chatbot once they have agreed"),
        legal_basis=_("Consent, Art. 6(1)(a) GDPR, sec. 25(1) TDDDG"),
        tables=tables_about(PROOF),
        data_kinds=kinds_about(PROOF, network=chosen.network),
        data_subjects=_("visitors of the website who use the tool"),
        recipients=(),
        starts=_("with the second click; before it nothing is stored and no platform contacted"),
        stops=_("by not clicking; afterwards in the chat by “Unsubscribe”"),
        retention=_("the choice is not remembered; the record of the consent %(term)s")
        % {"term": kept_pseudonymous()},
    )


def _tools_on(tenant_ids: Collection[uuid.UUID] | None) -> Iterator[tuple[uuid.UUID, str, int]]:
    tools = Tool.objects.filter(state=Tool.State.ON)
    if tenant_ids is not None:
        tools = tools.filter(tenant_id__in=tenant_ids)
    for owner in tools.order_by("tenant_id").values_list("tenant_id", flat=True).distinct():
        yield owner, "tool", 0


offer(20, Source({"tool": _tool}, _tools_on))
