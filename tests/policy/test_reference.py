"""The reference page of each policy is made from the policy. `REACCREDIT_PICTURES=1 bin/test tests/policy` writes it anew."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from reaccredit.policy import Policy
from reaccredit.policy.describing import in_words
from reaccredit.policy.drawing import mermaid
from reaccredit.policy.revision import Revision
from tests.policy.telling import SHELF

PAGES = Path(__file__).parents[2] / "docs" / "reference"


def section(r: Revision) -> str:
    rows = [f"| {in_words(r, o.when)} | {', '.join(o.options)} |" for o in r.offers]
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


@pytest.mark.parametrize("programme", ["diagnostic", "mammography", "radiation-oncology"])
def test_the_reference_page_says_what_the_policy_says(programme: str) -> None:
    policy, path = Policy.load(SHELF / programme), PAGES / f"{programme}.md"
    title = f"# {policy.latest.title}\n\nMade by the tests from `src/reaccredit/policies/{programme}`; do not edit."
    page = "\n\n".join([title, *(section(r) for r in reversed(policy.revisions))]) + "\n"
    if os.environ.get("REACCREDIT_PICTURES") == "1":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page)
    assert path.read_text() == page
