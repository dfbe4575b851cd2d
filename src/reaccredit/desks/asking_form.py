"""The questions of the page "What are my options?": which are asked comes from the policy of the programme that is chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property

from django import forms
from django.http import QueryDict

from reaccredit.desks import asking_policy as asking
from reaccredit.desks.asking_policy import Answers, History, Misfit, Question, Situation, Trait
from reaccredit.facilities import catalogue
from reaccredit.ledger import queries as ledger
from reaccredit.policy import NotGoverned, Policy
from reaccredit.policy.revision import Revision

FIRST_PROGRAMME = "diagnostic"
NOON = time(12)
EARLIEST = date(1990, 1, 1)
AHEAD = timedelta(days=731)  # how far ahead somebody may ask
NOT_THERE = "There is no such answer here. Choose one of those offered."
PROGRAMME, MODALITY, STANDS, SINCE, AREAS, AS_OF, ASKED = (
    "programme", "modality", "stands", "since", "areas", "as-of", "asked"
)  # fmt: skip


def on(kind: str) -> str:
    """The name of the field for a fact's day; `at` for its time of day."""
    return "on-" + kind.replace(".", "-")


def at(kind: str) -> str:
    return "at-" + kind.replace(".", "-")


def programmes() -> list[tuple[str, str]]:
    """Every programme that is spoken of here, those with a policy of their own first."""
    ruled = sorted(ledger.programmes(), key=lambda name: (name != FIRST_PROGRAMME, name))
    others = {m.programme for m in catalogue.modalities()}
    for name in ruled:
        others.update(ledger.published(name).latest.excludes)
    return [(name, plain(name)) for name in (*ruled, *sorted(others - set(ruled)))]


def plain(code: str) -> str:
    """A code of the policy as a word for people: film -> Film, cd -> CD."""
    return code.upper() if len(code) < 3 else code[:1].upper() + code[1:].replace("-", " ")


def written(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it was answered, for people and for paper."""

    title: str
    said: str


class ProgrammeForm(forms.Form):
    """The first question: all others depend on its answer."""

    def __init__(self, data: QueryDict) -> None:
        super().__init__({PROGRAMME: data.get(PROGRAMME, FIRST_PROGRAMME)})
        self.fields[PROGRAMME] = _choice("Programme", programmes())

    @property
    def name(self) -> str:
        return str(self.cleaned_data[PROGRAMME]) if self.is_valid() else FIRST_PROGRAMME


class AskingForm(forms.Form):
    """The questions that one programme's policy makes necessary, asked by GET: the address is the answer sheet."""

    def __init__(self, data: QueryDict, programme: str, policy: Policy, now: datetime) -> None:
        self.programme, self.policy, self.now = programme, policy, now.astimezone(policy.zone)
        if data.get(ASKED, programme) != programme:  # the answers are about another programme's questions
            data = QueryDict()
        self.sent = data
        self.filled = {PROGRAMME: programme, **_filled(data)}
        super().__init__(data=self.filled)
        self.told = tuple((t.id, self._word(t)) for t in self.traits)
        self.add_choices()
        self.add_dates()

    # ------------------------------------------------------------------ which revision, which situation
    @cached_property
    def revision(self) -> Revision:
        """The revision in force when the round began, as far as its day is given and right; else today's."""
        now = self._in_force(self.now.date()) or self.policy.latest
        begins = {s.begin.kind for s in asking.situations(now, self._first_told(now))}
        days = (self._day(on(kind)) for kind in sorted(begins))
        day = next((d for d in days if d), None)
        return (day and self._in_force(day)) or now

    def _in_force(self, day: date) -> Revision | None:
        try:
            return self.policy.on(day)
        except NotGoverned:
            return None

    @staticmethod
    def _first_told(rev: Revision) -> asking.Told:
        return tuple((t.id, t.default) for t in asking.traits(rev))

    def _day(self, name: str) -> date | None:
        try:
            return date.fromisoformat(self.sent.get(name, "").strip())
        except ValueError:
            return None

    @cached_property
    def traits(self) -> tuple[Trait, ...]:
        return asking.traits(self.revision)

    @cached_property
    def situations(self) -> tuple[Situation, ...]:
        return asking.situations(self.revision, self.told)

    @cached_property
    def situation(self) -> Situation | None:
        """The one asked about; the first where nothing was chosen yet, none where what was chosen does not exist."""
        stands = self._picked(STANDS, [s.decision for s in self.situations], "")
        since = self._picked(SINCE, [s.since for s in self.situations], "")
        here = [s for s in self.situations if not stands or s.decision == stands]
        return next((s for s in here if not since or s.since == since), None)

    def _word(self, trait: Trait) -> str:
        said = self.sent.get(f"trait-{trait.id}", "")
        return said if said in trait.values else trait.default

    def _picked(self, name: str, values: Sequence[str], default: str) -> str:
        said = self.sent.get(name, "")
        return said if said in values else default or next(iter(values), "")

    # ------------------------------------------------------------------ the fields
    def add_choices(self) -> None:
        modalities = [(m.code, m.title) for m in catalogue.modalities() if m.programme == self.programme and m.governed]
        self.fields[PROGRAMME] = _choice("Programme", programmes())
        self._add(STANDS, "Where does the case stand?", [(s.decision, s.decision_title) for s in self.situations])
        self._add(SINCE, "What has happened since?", [(s.since, s.since_title) for s in self.situations])
        for trait in self.traits:
            choices = [(v, plain(v)) for v in trait.values]
            named = choices if trait.default else [("", "Not said"), *choices]
            self._add(f"trait-{trait.id}", plain(trait.title), named, trait.default, required=bool(trait.default))
        if kinds := asking.area_kinds(self.revision):
            self.fields[AREAS] = forms.MultipleChoiceField(
                label="What was not passed?", choices=[(k, plain(k)) for k in kinds], required=True,
                widget=forms.CheckboxSelectMultiple, error_messages={"invalid_choice": NOT_THERE},
            )  # fmt: skip
            self.filled.setdefault(AREAS, list(kinds[:1]))
        if modalities:
            self._add(MODALITY, "Modality", [("", "Not said: fees are left open"), *modalities], required=False)

    def _add(
        self, name: str, label: str, choices: Sequence[tuple[str, str]], default: str = "", *, required: bool = True
    ) -> None:
        choices = list(dict(choices).items())
        if len(choices) < 2 and required:
            return
        self.fields[name] = _choice(label, choices, required=required)
        self.filled.setdefault(name, default or choices[0][0])

    def add_dates(self) -> None:
        for question in self.situation.questions if self.situation else ():
            self.fields[on(question.kind)] = _day_field(question.title, required=question.required)
            if question.timed:
                self.fields[at(question.kind)] = forms.TimeField(
                    label=f"Time of day of “{question.title}”", required=False, widget=forms.TimeInput(attrs={"type": "time"}),
                    help_text=f"Hours count here. Left out, noon is taken. {self.zone_name} time.",
                )  # fmt: skip
        for day in asking.days(self.revision):
            self.fields[f"day-{day.id}"] = _day_field(day.title, required=False)
        self.fields[AS_OF] = _day_field("Ask as of another day", required=False)
        self.fields[AS_OF].help_text = "Left out, the answer is as of now."

    @property
    def zone_name(self) -> str:
        return self.policy.zone.key.replace("_", " ")

    @property
    def missing(self) -> list[str]:
        """Dates that are necessary and were not asked for yet: the page was just opened, or another situation was chosen."""
        questions = self.situation.questions if self.situation else ()
        return [on(q.kind) for q in questions if q.required and on(q.kind) not in self.sent]

    @property
    def answered(self) -> bool:
        return self.is_valid() and not self.missing

    # ------------------------------------------------------------------ do the answers fit together?
    def clean(self) -> None:
        for name in self.missing:
            self.errors.pop(name, None)
        if self.situation is None:
            self.add_error(SINCE, self._impossible())
        elif not self.missing and not self.errors:
            self._clean_dates(self.situation)

    def _impossible(self) -> str:
        stands = self._picked(STANDS, [s.decision for s in self.situations], "")
        known = [s.since_title for s in self.situations if s.decision == stands]
        return f"Under the revision of {written(self.revision.revision)} this cannot be there. It can be: {'; '.join(known)}."

    @property
    def asked_at(self) -> datetime:
        """The instant the answer is for: now, or the last minute of the day that was asked about."""
        day = self.cleaned_data.get(AS_OF)
        if not day or day == self.now.date():
            return self.now
        return datetime.combine(day, time(23, 59), self.policy.zone)

    def _clean_dates(self, one: Situation) -> None:
        dates = self.dates(one)
        for complain in (self._after_now, self._in_order):
            for kind, sentence in complain(one, dates):
                self.add_error(on(kind), sentence)
        if self.cleaned_data.get(AS_OF) and self.cleaned_data[AS_OF] > self.now.date() + AHEAD:
            self.add_error(AS_OF, "That is more than two years ahead. Choose an earlier day.")
        if self.errors:
            return
        try:
            self.policy.on(dates[one.begin.kind].date())
            self.history = asking.history(self.policy, self.revision, one, self._said(dates))
        except NotGoverned as no:
            self.add_error(on(one.begin.kind), str(no))
        except Misfit as no:
            day = f"day-{no.kind}"
            self.add_error(day if day in self.fields else on(no.kind), no.sentence)

    def _said(self, dates: dict[str, datetime]) -> Answers:
        days = {d.id: day for d in asking.days(self.revision) if (day := self.cleaned_data.get(f"day-{d.id}"))}
        areas = tuple(asking.area_code(self.revision, kind) for kind in self.cleaned_data.get(AREAS, ()))
        return Answers(dates, self.told, days, areas)

    history: History

    def dates(self, one: Situation) -> dict[str, datetime]:
        """The instants of the facts that were dated. Without a time of day: noon, but not before what came first, nor after now."""
        found: dict[str, datetime] = {}
        for question in one.questions:
            if day := self.cleaned_data.get(on(question.kind)):
                found[question.kind] = self._instant(question, day, list(found.values()))
        return found

    def _instant(self, question: Question, day: date, before: list[datetime]) -> datetime:
        if told := self.cleaned_data.get(at(question.kind)):
            return datetime.combine(day, told, self.policy.zone)
        noon = datetime.combine(day, NOON, self.policy.zone)
        same_day = [b for b in before if b.date() == day]
        return max([min(noon, self.asked_at) if self.asked_at.date() == day else noon, *same_day])

    def _after_now(self, one: Situation, dates: dict[str, datetime]) -> Iterator[tuple[str, str]]:
        for q in one.questions:
            if q.kind in dates and dates[q.kind] > self.asked_at:
                whose = "the day asked about" if self.cleaned_data.get(AS_OF) else "now"
                yield q.kind, f"“{q.title}” lies after {whose}. Enter a date that has come, or ask as of a later day."

    def _in_order(self, one: Situation, dates: dict[str, datetime]) -> Iterator[tuple[str, str]]:
        """What began the round comes before everything; what leads the case on comes in the order of the policy."""
        before: Question | None = None
        for q in one.questions:
            if q.kind in dates and before and dates[q.kind] < dates[before.kind]:
                yield q.kind, f"“{q.title}” cannot be before “{before.title}”, {written(dates[before.kind])}."
            if q.kind in dates and (before is None or q.moves):
                before = q

    # ------------------------------------------------------------------ what was asked, in words
    def asked(self) -> list[Asked]:
        said = [
            Asked(str(self.fields[name].label), self._in_words(name))
            for name in self.fields
            if not name.startswith(("on-", "at-"))
        ]
        return [a for a in said if a.said]

    def _in_words(self, name: str) -> str:
        value, field = self.cleaned_data.get(name), self.fields[name]
        if isinstance(value, date):
            return written(value)
        titles = {str(k): str(v) for k, v in getattr(field, "choices", ())}
        return ", ".join(titles.get(v, v) for v in ([value] if isinstance(value, str) else value or []))


def _filled(data: QueryDict) -> dict[str, object]:
    """The last value of each key; of the boxes, every one."""
    return {key: data.getlist(key) if key == AREAS else data.get(key) for key in data if key != PROGRAMME}


def _choice(label: str, choices: Sequence[tuple[str, str]], *, required: bool = True) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=choices, required=required, error_messages={"invalid_choice": NOT_THERE}
    )


def _day_field(label: str, *, required: bool) -> forms.DateField:
    return forms.DateField(
        label=label, required=required, widget=forms.DateInput(attrs={"type": "date"}), input_formats=["%Y-%m-%d", "%d %B %Y", "%m/%d/%Y"],
        validators=[_not_before(EARLIEST)], error_messages={"required": f"Enter the day of “{label}”, such as 2021-03-27."},
    )  # fmt: skip


def _not_before(first: date) -> Callable[[date], None]:
    def check(day: date) -> None:
        if day < first:
            raise forms.ValidationError(f"That is before {written(first)}: no policy here is so old.")

    return check
