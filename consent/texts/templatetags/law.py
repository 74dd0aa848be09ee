"""Citing the law as the reader's language does."""

import re

from django import template
from django.template.defaultfilters import stringfilter
from django.utils.translation import get_language

register = template.Library()


@register.filter
@stringfilter  # A template's own _("...") is a lazy text, which patterns do not take.
def cited(article: str) -> str:
    """A reference written the English way, as German writes it: "Art. 7 Abs. 3 DSGVO".

    Only for the GDPR and German acts; what else is cited stays as it is.
    """
    if not (get_language() or "").startswith("de"):
        return article
    if article.startswith(("Sec. ", "sec. ")):
        return f"§ {article[5:]}"
    if not article.endswith("GDPR"):
        return article
    german = re.sub(r"\s*\((\d+)\)", r" Abs. \1", article)
    german = re.sub(r"\s*\(([a-z])\)", r" Buchst. \1", german)
    return german.replace("Arts.", "Art.").replace("GDPR", "DSGVO")
