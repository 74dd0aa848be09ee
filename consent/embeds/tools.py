"""Making conversion tools, changing them, and switching them off and on."""

from django.db import transaction

from chatbo.foundation.audit.entries import changes, record
from chatbo.foundation.isolation import directory
from consent.embeds.models import Tool, ToolVersion
from consent.embeds.rendering import render_tool
from consent.texts.versions import texts_in_force
from tenants.bots.models import Bot


@transaction.atomic
def create_tool(
    bot: Bot,
    *,
    label: str,
    language: str = "de",
    position: Tool.Position | str = Tool.Position.INLINE,
) -> Tool:
    """Make a button that leads to the bot's web chat, in the open tenant scope. It is on.

    Raises ``NotApprovedError`` while a lawyer has approved no notice for it.
    """
    tool = Tool.objects.create(bot=bot, label=label, language=language, position=position)
    directory.register("tool", str(tool.pk), tool.pk)
    _hand_out(tool)
    record("tool.created", target=tool)
    return tool


@transaction.atomic
def change_tool(
    tool: Tool, *, bot: Bot, label: str, language: str, position: Tool.Position | str
) -> Tool:
    """Change a tool. If that changes what visitors see, it gets its next version.

    Websites that carry the older code go on working, with the words they carry.
    """
    tool = _locked(tool)
    new = {"bot_id": bot.pk, "label": label, "language": language, "position": str(position)}
    details = changes(tool, new, content={"label"})
    tool.bot, tool.label, tool.language = bot, label, language
    tool.position = Tool.Position(position)
    tool.save(update_fields=["bot", "label", "language", "position"])
    if is_outdated(tool):
        _hand_out(tool)
    record("tool.changed", target=tool, details={**details, "version": tool.version})
    return tool


@transaction.atomic
def renew_tool(tool: Tool) -> Tool:
    """Take over what has changed around a tool: approved texts, the company, its addresses."""
    tool = _locked(tool)
    if is_outdated(tool):
        _hand_out(tool)
        record("tool.renewed", target=tool, details={"version": tool.version})
    return tool


def follow_texts(tool: Tool) -> ToolVersion:
    """The version to show now: the next one is handed out first, where a text has changed.

    By whoever comes first after a lawyer's approval, a text's day or its end, so that no visitor
    is shown words that do not hold. Raises ``NotApprovedError`` where no text is in force.
    """
    current = tool.current
    shown = (current.notice_text, current.consent_text)
    in_force = texts_in_force([text.key for text in shown], tool.language)
    if all(in_force[text.key] == text for text in shown):
        return current
    return renew_tool(tool).current


@transaction.atomic
def switch_off_tool(tool: Tool) -> Tool:
    """Let the tool open nothing any more, wherever its code still stands."""
    return _switch(tool, Tool.State.OFF)


@transaction.atomic
def switch_on_tool(tool: Tool) -> Tool:
    """Let the tool open the chat again."""
    return _switch(tool, Tool.State.ON)


def is_outdated(tool: Tool) -> bool:
    """Whether what would be handed out now differs from the current version."""
    current = tool.current
    now = render_tool(tool, number=current.number)
    # A text's next version may look the same, and yet be another one to agree to.
    return (now.sha256, now.notice_text, now.consent_text) != (
        current.sha256,
        current.notice_text,
        current.consent_text,
    )


def _switch(tool: Tool, state: Tool.State) -> Tool:
    if Tool.objects.filter(pk=tool.pk).exclude(state=state).update(state=state):
        record(f"tool.{state}", target=tool)
    tool.refresh_from_db(fields=["state"])
    return tool


def _locked(tool: Tool) -> Tool:
    return Tool.objects.select_for_update().get(pk=tool.pk)


def _hand_out(tool: Tool) -> ToolVersion:
    number = tool.version + 1
    rendered = render_tool(tool, number=number)
    version = ToolVersion.objects.create(
        tool=tool,
        number=number,
        notice_text=rendered.notice_text,
        consent_text=rendered.consent_text,
        title=rendered.title,
        notice=rendered.notice,
        consent=rendered.consent,
        snippet=rendered.snippet,
        script=rendered.script,
        sha256=rendered.sha256,
    )
    tool.version = number
    tool.save(update_fields=["version"])
    return version
