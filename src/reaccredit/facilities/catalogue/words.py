"""The words of the catalogue: what a modality consists of. Values only; each says which article it was read in."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from reaccredit.policy import Because, Clause

CLINICAL, PHANTOM = "clinical", "phantom"


@dataclass(frozen=True, slots=True)
class Source:
    """An article of the programme's published knowledge base; `revision` is None where it carries no date."""

    article: str
    title: str
    revision: date | None = None

    def __str__(self) -> str:
        when = f", revision of {self.revision.day} {self.revision:%B %Y}" if self.revision else ""
        return f"{self.title}, article {self.article}{when}"


@dataclass(frozen=True, slots=True)
class Part:
    """The finer grain of a module: a patient type, a trimester, a vascular submodule."""

    code: str
    title: str


@dataclass(frozen=True, slots=True)
class Count:
    """How many exams an area sends when so many parts of its module, or modules of the unit, are applied for."""

    exams: int
    parts: int | None = None
    modules: int | None = None
    only: bool = False  # when this module is the only one
    more: int = 0  # so many more for the unit, in modules of its own choice


@dataclass(frozen=True, slots=True)
class Module:
    code: str
    title: str
    source: Source
    parts: tuple[Part, ...] = ()
    parts_word: str = ""
    exams: tuple[str, ...] = ()  # exams that the text names; others are possible
    exams_note: str = ""
    counts: tuple[Count, ...] = ()


@dataclass(frozen=True, slots=True)
class Phantom:
    """A phantom test that passes or fails as one area. `modules` are those that call for it; empty: any."""

    code: str
    title: str
    source: Source
    parts: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """A paper of the testing package: a data form, or the protocol of each exam."""

    code: str
    title: str
    kind: str  # form | protocol
    source: Source


@dataclass(frozen=True, slots=True)
class Limit:
    """A minimum volume: fewer than so many within so many days or months may be performed without accreditation."""

    of: str
    fewer_than: int
    source: Source
    days: int | None = None
    months: int | None = None

    @property
    def sentence(self) -> str:
        span = f"{self.days} days" if self.days else f"{self.months} months"
        return f"fewer than {self.fewer_than} {self.of} within {span}"


@dataclass(frozen=True, slots=True)
class Fee:
    """`cents` is None where no figure was published: staff enter it on the invoice."""

    purpose: str  # a code of billing's purposes
    title: str
    source: Source | None
    cents: int | None = None
    modules: int | None = None  # up to so many modules
    unit: str = ""  # first | further; "" for any

    @property
    def amount(self) -> str:
        """$2,900.00, or nothing where no figure was published."""
        return "" if self.cents is None else f"${self.cents / 100:,.2f}"


@dataclass(frozen=True, slots=True)
class AllPatientTypes:
    """Whether all patient types must be accredited. `inferred`: the text does not name the modality."""

    required: bool
    inferred: bool
    says: str
    source: Source


@dataclass(frozen=True, slots=True)
class Emergency:
    """The emergency-use clause: what may be performed outside the accredited modules."""

    says: str
    above: str
    not_named: str
    source: Source

    @property
    def clause(self) -> Clause:
        return Clause(id="emergency-use", says=self.says, at=str(self.source))


@dataclass(frozen=True, slots=True)
class AreaType:
    """What can pass or fail on its own in this modality."""

    code: str
    kind: str  # clinical | phantom
    title: str
    module: str = ""
    part: str = ""


@dataclass(frozen=True, slots=True)
class Modality:
    code: str
    title: str
    programme: str
    by: str  # unit | facility
    dicom_modalities: tuple[str, ...]
    source: Source
    modules: tuple[Module, ...]
    patient_types: tuple[Part, ...]
    phantoms: tuple[Phantom, ...]
    forms: tuple[Form, ...]
    exams_note: str
    counts: tuple[Count, ...]
    minimum_volumes: tuple[Limit, ...]
    fees: tuple[Fee, ...]
    all_patient_types: AllPatientTypes | None
    emergency: Emergency

    def __str__(self) -> str:
        return f"{self.title} ({self.code})"

    @property
    def governed(self) -> bool:
        """Whether failing and coming back follow the diagnostic programme's policy."""
        return self.programme == "diagnostic"

    @property
    def by_unit(self) -> bool:
        return self.by == "unit"

    @property
    def all_patient_types_required(self) -> bool:
        return bool(self.all_patient_types and self.all_patient_types.required)

    @property
    def emergency_clause(self) -> Emergency | None:
        """The clause with its limits in `minimum_volumes`, or None where it does not name this modality."""
        return self.emergency if self.minimum_volumes else None

    @property
    def drop_refusal(self) -> Because | None:
        """Why a module or patient type of this modality cannot be left out for low volume; None where it can."""
        if self.minimum_volumes:
            return None
        return Because(
            clauses=(
                Clause(
                    id="emergency-use",
                    says=self.emergency.not_named,
                    at=f"{self.emergency.source.title}, article {self.emergency.source.article}",
                ),
            ),
            revision=self.emergency.source.revision or date.min,
            facts=(),
            sentence=f"{self.emergency.not_named} {self} is not among them: "
            "no module or patient type of it can be left out.",
        )

    def module(self, code: str) -> Module:
        return next(m for m in self.modules if m.code == code)

    def parts_of(self, module: Module) -> tuple[Part, ...]:
        return module.parts or self.patient_types

    def areas(self) -> tuple[AreaType, ...]:
        """Every area of this modality: module by patient type (or finer grain), then the phantom tests."""
        return (*self.clinical, *(AreaType(p.code, PHANTOM, p.title) for p in self.phantoms))

    @property
    def clinical(self) -> tuple[AreaType, ...]:
        return tuple(area for module in self.modules for area in self.areas_of(module))

    def areas_of(self, module: Module) -> tuple[AreaType, ...]:
        parts = self.parts_of(module)
        if not parts:
            return (AreaType(module.code, CLINICAL, module.title, module.code),)
        return tuple(
            AreaType(f"{module.code}/{p.code}", CLINICAL, f"{module.title}, {_lower(p.title)}", module.code, p.code)
            for p in parts
        )

    def area(self, code: str) -> AreaType | None:
        return next((a for a in self.areas() if a.code == code), None)

    def with_phantoms(self, clinical: Collection[str]) -> tuple[AreaType, ...]:
        """The chosen clinical areas in the catalogue's order, and the phantom tests that they call for."""
        chosen = tuple(a for a in self.clinical if a.code in clinical)
        modules = {a.module for a in chosen}
        called = (p for p in self.phantoms if chosen and (not p.modules or modules & set(p.modules)))
        return (*chosen, *(AreaType(p.code, PHANTOM, p.title) for p in called))

    def phantom(self, code: str) -> Phantom | None:
        return next((p for p in self.phantoms if p.code == code), None)

    def modules_of(self, areas: Iterable[str]) -> tuple[str, ...]:
        named = {a.module for code in areas if (a := self.area(code)) and a.module}
        return tuple(m.code for m in self.modules if m.code in named)

    def exam_count(self, area: str, chosen: Collection[str]) -> int:
        """How many exams an area sends when these areas are applied for; one where the text gives no number."""
        kind = self.area(area)
        if kind is None or kind.kind == PHANTOM or not self.dicom_modalities:
            return 0
        modules = self.modules_of(chosen)
        siblings = [c for c in chosen if (a := self.area(c)) and a.module == kind.module]
        for count in (*self.module(kind.module).counts, *self.counts):
            if _fits(count, len(siblings), len(modules)):
                return count.exams + (count.more if modules and kind.module == modules[0] else 0)
        return 1

    def fee(self, purpose: str, *, modules: int = 1, further_unit: bool = False) -> Fee:
        """The smallest published fee that covers so many modules; one without a figure where none was published."""
        unit = "further" if further_unit else "first"
        fitting = [
            f for f in self.fees
            if f.purpose == purpose and f.unit in {"", unit} and (f.modules is None or f.modules >= modules)
        ]  # fmt: skip
        unpublished = Fee(purpose, "No published figure", None)
        return min(fitting, key=lambda f: f.modules or 99, default=unpublished)


def _fits(count: Count, parts: int, modules: int) -> bool:
    return (
        (count.parts is None or count.parts == parts)
        and (count.modules is None or count.modules == modules)
        and (not count.only or modules == 1)
    )


def _lower(title: str) -> str:
    """Within a title a part begins in lower case, unless it begins with an abbreviation."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]
