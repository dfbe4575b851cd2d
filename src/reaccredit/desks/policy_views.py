"""A published revision as a file: the policy itself, its picture, and the forms that other tools read. Nobody has to sign in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from reaccredit.ledger import queries as ledger
from reaccredit.policy.formats import FORMATS
from reaccredit.policy.revision import Revision


@dataclass(frozen=True, slots=True)
class Form:
    ending: str
    words: str
    media: str
    write: Callable[[Revision], str]


def _itself(revision: Revision) -> str:
    return revision.text


FORMS = (
    Form("toml", "the policy file", "application/toml", _itself),
    Form("dmn", "the matrix as a DMN decision table", "application/dmn+xml", FORMATS["dmn"]),
    Form("scxml", "the stages as SCXML", "application/scxml+xml", FORMATS["scxml"]),
    Form("dot", "the picture for Graphviz", "text/vnd.graphviz", FORMATS["dot"]),
    Form("mermaid", "for Mermaid", "text/plain", FORMATS["mermaid"]),
    Form("md", "the matrix as Markdown", "text/markdown", FORMATS["md"]),
)


@login_not_required
@require_safe
def given(request: HttpRequest, programme: str, revision: str, form: str) -> HttpResponse:
    wanted = next((f for f in FORMS if f.ending == form), None)
    if wanted is None or programme not in ledger.programmes():
        raise Http404("no such policy, or not in this form")
    try:
        found = ledger.published(programme)[revision]
    except KeyError:
        raise Http404("no such revision") from None
    name = f"{programme}-{revision}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(wanted.write(found), content_type=f"{wanted.media}; charset=utf-8", headers=headers)
