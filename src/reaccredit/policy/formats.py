"""The forms in which a revision can be given away: pictures for people, and the formats that other tools read."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from reaccredit.policy.dmn import dmn
from reaccredit.policy.dot import dot
from reaccredit.policy.drawing import mermaid, svg
from reaccredit.policy.matrix import markdown
from reaccredit.policy.revision import Revision
from reaccredit.policy.scxml import scxml

FORMATS: Mapping[str, Callable[[Revision], str]] = {
    "mermaid": mermaid, "svg": svg, "dot": dot, "scxml": scxml, "dmn": dmn, "md": markdown,
}  # fmt: skip
