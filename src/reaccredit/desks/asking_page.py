"""The page "What are my options?": from an address to its questions and, where they are answered, to the policy's answer. Nothing is stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict

from reaccredit.desks.answers import Answer, answer, offered
from reaccredit.desks.asking_form import MODALITY, AskingForm, ProgrammeForm
from reaccredit.desks.asking_policy import Situation
from reaccredit.ledger import queries as ledger
from reaccredit.policy import NotGoverned, Option, Policy


@dataclass(frozen=True, slots=True)
class Page:
    form: ProgrammeForm | AskingForm
    programme: str
    policy: Policy | None
    not_governed: NotGoverned | None
    situation: Situation | None
    answer: Answer | None
    offered: tuple[Option, ...] = ()  # before any date is told

    @property
    def wrong(self) -> bool:
        return bool(self.form.errors)

    @property
    def key(self) -> str:
        """The question without its dates, except for the day on which the round began."""
        assert isinstance(self.form, AskingForm)
        assert self.situation
        begun = self.form.dates(self.situation)[self.situation.begin.kind].date()
        return f"{self.programme} {self.form.told} {self.situation.decision} {self.situation.since} {begun}"


def page(sent: QueryDict, now: datetime) -> Page:
    first = ProgrammeForm(sent)
    if not first.is_valid():
        return Page(first, first.name, None, None, None, None)
    try:
        policy = ledger.published(first.name)
    except NotGoverned as reason:
        return Page(first, first.name, None, reason, None, None)
    form = AskingForm(sent, first.name, policy, now)
    if not form.answered or form.situation is None:
        known = offered(form.revision, form.situation) if form.situation and not form.errors else ()
        return Page(form, first.name, policy, None, form.situation, None, known)
    found = answer(form.revision, form.situation, form.history, form.asked_at, form.cleaned_data.get(MODALITY))
    return Page(form, first.name, policy, None, form.situation, found)
