"""``{% told_of erasure as told %}``: whom an erasure was passed on to."""

from django import template

from consent.erasure.models import Erasure
from consent.erasure.recipients import told

register = template.Library()


@register.simple_tag
def told_of(erasure: Erasure) -> told.Told:
    return told.told_of(erasure)
