"""The small marks that a list shows in every line, drawn without a template of their own. The components use them as well."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from django import template
from django.template import engines
from django.utils.html import format_html
from django.utils.safestring import SafeString

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
