"""A record's facts in words: ``{{ record|how }}``, ``{{ record|where }}``, ``{{ at|when }}``."""

from django import template

from consent.ledger import telling

register = template.Library()
register.filter("how", telling.how)
register.filter("where", telling.where)
register.filter("when", telling.when)
