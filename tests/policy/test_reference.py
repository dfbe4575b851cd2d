"""The reference page of the policy is made from the policy. `REACCREDIT_PICTURES=1 bin/test tests/policy` writes it anew."""

from __future__ import annotations

import os
from pathlib import Path

from reaccredit.policy.drawing import mermaid
from reaccredit.policy.describing import in_words
from reaccredit.policy.revision import Revision
from tests.policy.telling import DIAGNOSTIC

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "diagnostic.md"


def section(r: Revision) -> str:
    rows = [
        f"| {in_words(r, o.when)} | {', '.join(o.options)} |"
        for o in r.offers
    ]
    stated = [f"- `{c.id}` ({'assumed' if c.assumed else 'silent'}): {c.says}" for c in (*r.assumptions, *r.silences)]
    parts = [
        f"## Revision {r.revision}\n\n{r.source}; read: {r.seen}.",
        "| standing | options |\n|---|---|\n" + "\n".join(rows),
        f"```mermaid\n{mermaid(r)}```",
        f"<details><summary>{len(stated)} clauses that are assumed or silent</summary>\n\n"
        + "\n".join(stated)
        + "\n\n</details>",
    ]
    return "\n\n".join(parts)


def test_the_reference_page_says_what_the_policy_says() -> None:
    title = f"# {DIAGNOSTIC.latest.title}\n\nMade by the tests from `src/reaccredit/policies/diagnostic`; do not edit."
    page = "\n\n".join([title, *(section(r) for r in reversed(DIAGNOSTIC.revisions))]) + "\n"
    if os.environ.get("REACCREDIT_PICTURES") == "1":
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        PAGE.write_text(page)
    assert PAGE.read_text() == page
