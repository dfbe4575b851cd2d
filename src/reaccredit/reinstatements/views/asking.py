"""Who asks, and what the pages of this room have in common when something is not taken."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, ParamSpec

from django.http import FileResponse, Http404
from django.utils.text import slugify

from reaccredit.documents.actions import Unacceptable
from reaccredit.documents.models import Document
from reaccredit.documents.queries import content
from reaccredit.documents.screening import describe
from reaccredit.facilities import asking
from reaccredit.reinstatements import actions, queries
from reaccredit.reinstatements.forms import Declaring, PaperForm
from reaccredit.reinstatements.models import Evidence, Plan

P = ParamSpec("P")
REFUSED, CONFLICT = HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.CONFLICT

READ_ABOVE = "The document was not taken. Read above what was found in it, then choose it again."


class Asked(asking.Asked):
    folder = "reinstatements"

    def plan(self, number: str) -> Plan:
        """The version of this case that counts now."""
        found = queries.latest(queries.case_file(self.person, number, self.on))
        if found is None:
            raise Http404("no plan in this case")
        return found

    def written(self, number: str) -> Plan:
        """The version that this person writes, or may look at while it is written."""
        found = self.plan(number)
        if not self.who.roles_at(found.case_file.facility_id):
            raise Http404("a page of the facility")
        return found

    def evidence(self, number: str) -> Evidence:
        found = queries.evidence_of(self.plan(number))
        if found is None:
            raise Http404("no evidence is asked for in this case")
        return found


page = asking.page_as(Asked)


def answered(form: Any) -> int:
    return REFUSED if form.errors else HTTPStatus.OK


def refuse_texts(form: Declaring, error: actions.MayHoldPhi) -> None:
    """What stands where, without repeating it. Possible identifiers are asked about; certain ones have to go."""
    for name, findings in error.findings.items():
        for sentence in describe(findings):
            form.add_error(name, sentence)
    form.ask(error.declarable)


def paper_form(asked: Asked, kind: type[PaperForm], **more: Any) -> PaperForm:
    return kind(asked.http.POST, asked.http.FILES, **more) if asked.posted else kind(**more)


def take(form: PaperForm, add: Callable[[actions.Upload], object]) -> Unacceptable | None:
    """Add the paper that came with the form; what was not taken is said on the form, and returned."""
    said = form.cleaned_data
    try:
        add(actions.Upload(said["paper"].file, said["title"], form.attestation, form.said_nobodys))
    except Unacceptable as refused:
        # Where the paper has places to be looked at, they are listed above the form with the whole sentence.
        form.add_error("paper", READ_ABOVE if refused.findings else refused.sentence)
        form.ask(refused.declarable)
        form.attest_anew()
        return refused
    return None


def download(document: Document) -> FileResponse:
    """As a download: what a stranger sent is not opened inside the site."""
    name = f"{slugify(document.title) or 'document'}.{document.format}"
    return FileResponse(content(document), as_attachment=True, filename=name, content_type=document.media_type)
