"""Pages run no code and carry no style that stands between their lines: the content security policy forbids both."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((HOUSE / "src").rglob("templates/**/*.html"))
COMMENTS = re.compile(r"{#.*?#}|{% comment %}.*?{% endcomment %}|<!--.*?-->", re.DOTALL)
FORBIDDEN = {
    "a script without src": re.compile(r"<script(?![^>]*\bsrc=)[^>]*>", re.IGNORECASE),
    "a style block": re.compile(r"<style\b", re.IGNORECASE),
    "a style attribute": re.compile(r"""\sstyle\s*=\s*["'{]""", re.IGNORECASE),
    "an event attribute": re.compile(r"""<[^>]*\s(on[a-z]{3,}|hx-on[:-][^=\s]*)\s*=\s*["']""", re.IGNORECASE),
    "a javascript address": re.compile(r"""["']\s*javascript:""", re.IGNORECASE),
    "an address of another host": re.compile(r"""\b(src|srcset|action)\s*=\s*["'](https?:)?//""", re.IGNORECASE),
}


def test_there_are_templates_to_look_at() -> None:
    assert TEMPLATES


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(HOUSE / "src")))
def test_a_template_holds_nothing_that_the_security_policy_refuses(template: Path) -> None:
    text = COMMENTS.sub("", template.read_text())
    assert [(what, found.group()) for what, pattern in FORBIDDEN.items() for found in pattern.finditer(text)] == []
