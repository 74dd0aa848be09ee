"""A bot's rules: which words it knows, what it answers, and which of them goes first."""

from django.db import transaction
from django.db.models import Max

from chatbo.foundation.audit.entries import changes, record
from tenants.bots.models import Bot, Rule


@transaction.atomic
def add_rule(bot: Bot, *, keywords: str, answer: str) -> Rule:
    """Add a rule behind the others."""
    _lock(bot)
    last = bot.rules.aggregate(last=Max("position"))["last"]
    rule = Rule.objects.create(
        bot=bot,
        position=0 if last is None else last + 1,
        keywords=_tidied(keywords),
        answer=answer.strip(),
    )
    record("rule.added", target=rule)
    return rule


@transaction.atomic
def change_rule(rule: Rule, *, keywords: str, answer: str) -> Rule:
    new = {"keywords": _tidied(keywords), "answer": answer.strip()}
    details = changes(rule, new, content=new)
    rule.keywords, rule.answer = new["keywords"], new["answer"]
    rule.save(update_fields=list(new))
    record("rule.changed", target=rule, details=details)
    return rule


@transaction.atomic
def remove_rule(rule: Rule) -> None:
    record("rule.removed", target=rule)
    rule.delete()


@transaction.atomic
def move_rule(rule: Rule, *, steps: int) -> None:
    """Move a rule up (negative) or down in the order; at either end it stays there."""
    _lock(rule.bot)
    rules = list(rule.bot.rules.all())
    old = next(index for index, other in enumerate(rules) if other.pk == rule.pk)
    rules.insert(max(0, min(old + steps, len(rules) - 1)), rules.pop(old))
    for position, other in enumerate(rules):
        other.position = position
    Rule.objects.bulk_update(rules, ["position"])
    new_place = next(index for index, other in enumerate(rules) if other.pk == rule.pk)
    details = {"before": {"position": old}, "after": {"position": new_place}}
    record("rule.moved", target=rule, details=details)


def _lock(bot: Bot) -> None:
    """Two members who order rules at the same time do it one after the other."""
    Bot.objects.select_for_update().get(pk=bot.pk)


def _tidied(keywords: str) -> str:
    words = (word.strip() for word in keywords.replace("\n", ",").split(","))
    return ", ".join(dict.fromkeys(word for word in words if word))
