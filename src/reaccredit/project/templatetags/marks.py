"""The small marks that a list shows in every line, drawn without a template of their own. The components use them as well."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache

from django import template
from django.template import engines
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from reaccredit.policy import Because, Clause
from reaccredit.project.templatetags import words

register = template.Library()

ICONS = {"done": "done", "act": "todo", "wait": "wait", "stop": "wrong"}
NO_ICON = SafeString("")


@register.simple_tag
def icon(name: str) -> SafeString:
    return _icon(str(name))


@lru_cache(maxsize=64)
def _icon(name: str) -> SafeString:
    """The component of this name: it looks the same wherever it stands."""
    return SafeString(engines["django"].from_string(f'{{% cotton icon name="{name}" / %}}').render().strip())


@register.simple_block_tag
def status(content: SafeString, kind: str = "quiet", icon: str = "") -> SafeString:
    drawn = _icon(ICONS[kind]) if icon != "no" and kind in ICONS else NO_ICON
    return format_html('<span class="tag tag--{}">{}<span>{}</span></span>', kind, drawn, content)


@register.simple_tag
def due(at: datetime, now: datetime, label: str = "") -> SafeString:
    """Until when, and how long that is."""
    return format_html(
        '<span class="deadline deadline--{}">{}<span>{}<time datetime="{}">{}</time> <span class="left">({})</span></span></span>',
        words.urgency(at, now), _icon("wait"), f"{label} " if label else "", words.iso(at), words.deadline(at), words.left(at, now),
    )  # fmt: skip


@register.simple_tag
def opens(at: datetime, now: datetime, label: str) -> SafeString:
    """From when on something can be done."""
    return format_html(
        '<span class="deadline">{}<span>{} <time datetime="{}">{}</time></span></span>',
        _icon("calendar"), label, words.iso(at), words.opening(at, now),
    )  # fmt: skip


@register.simple_tag
def why(because: Because, programme: str = "") -> SafeString:
    """The reason of an answer with its clauses, folded."""
    facts = format_html('<p class="facts">{}</p>', "; ".join(because.facts)) if because.facts else NO_ICON
    cites = format_html_join(
        "", "<li>{}</li>", ((_cited(one, because.revision, programme),) for one in because.clauses)
    )
    return format_html(
        '<details class="more"><summary>Why</summary><div><div class="reason" role="note" aria-label="Why">'
        '<p class="sentence">{}</p>{}<ul class="cites">{}</ul></div></div></details>',
        because.sentence, facts, cites,
    )  # fmt: skip


@lru_cache(maxsize=1024)
def _cited(one: Clause, revision: date, programme: str) -> SafeString:
    said = format_html("<q>{}</q> – ", one.says) if one.says else NO_ICON
    where = words.policy_address(one, revision, programme)
    named = format_html('<a href="{}">{}</a>', where, words.clause(one))
    return format_html("{}{}, revision of {}", said, named, words.day(revision))
