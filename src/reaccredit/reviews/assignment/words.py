"""The values of a problem. Days are inclusive on both ends; None is an open end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

ANY = "*"
RELATIONS = ("financial", "employment", "competitor", "personal", "bias")


@dataclass(frozen=True, slots=True)
class Post:
    """Somebody on the personnel list of a facility."""

    person: str
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Facility:
    id: str
    name: str = ""
    employer: str = ""  # the organisation that runs it
    network: str = ""
    state: str = ""
    market: str = ""
    personnel: tuple[Post, ...] = ()

    @property
    def title(self) -> str:
        return self.name or self.id


@dataclass(frozen=True, slots=True)
class Authorisation:
    modality: str
    module: str
    role: str
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Employment:
    employer: str
    network: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """To a facility, a network or a person: exactly one of the three is not blank."""

    kind: str
    facility: str = ""
    network: str = ""
    person: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Absence:
    since: date
    until: date | None = None
    delegate: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """A facility that somebody has judged, and when."""

    facility: str
    on: date


@dataclass(frozen=True, slots=True)
class Person:
    id: str
    name: str = ""
    roles: tuple[str, ...] = ()
    professions: tuple[str, ...] = ()
    authorisations: tuple[Authorisation, ...] = ()
    employers: tuple[Employment, ...] = ()
    relations: tuple[Relation, ...] = ()
    absences: tuple[Absence, ...] = ()
    load: int = 0  # what is open this week already
    limit: int = 6
    declared: tuple[int, ...] = ()  # years
    turnaround: float = 7.0  # usual days from asking to handing in
    recent: tuple[Seen, ...] = ()
    state: str = ""
    market: str = ""

    @property
    def title(self) -> str:
        return self.name or self.id

    @property
    def room(self) -> int:
        return max(0, self.limit - self.load)


@dataclass(frozen=True, slots=True)
class Part:
    """Somebody who had a part in the case before. A role that is not stated counts only against appeals."""

    person: str
    role: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    id: str
    case: str
    facility: str
    modality: str
    module: str
    role: str
    profession: str = ""
    needs: int = 2  # people who are still to be found
    due: date | None = None
    earlier_readers: tuple[Part, ...] = ()
    assigned: tuple[str, ...] = ()
    declined: tuple[str, ...] = ()
    recused: tuple[str, ...] = ()
    instead_of: tuple[str, ...] = ()
    again: bool = False  # read once more, to see how well it was read: by nobody who has read the case before


@dataclass(frozen=True, slots=True)
class Weights:
    """Points. Fairness counts by the share of somebody's limit, turnaround by the day, rotation by the earlier reading."""

    fairness: int = 100
    turnaround: int = 5
    rotation: int = 30
    delegate: int = 60
    lot: int = 9


@dataclass(frozen=True, slots=True)
class Rules:
    """What the programme demands. `look_back_years`: how long a tie of a kind counts after its end; None is for ever."""

    look_back_years: Mapping[str, int | None] = field(
        default_factory=lambda: {"employment": 3, "financial": 1, "competitor": 1, "personal": 0, "bias": 0}
    )
    same_network: bool = True
    same_state: bool = False
    same_market: bool = False
    declaration_required: bool = False
    appeal_roles: tuple[str, ...] = ("arbitrator",)  # roles that no earlier reader of the case may take
    ask_again: bool = False  # somebody who declined an item may be asked again
    former_staff_for_ever: bool = False  # a post at the facility itself counts however long ago it ended
    rotation_days: int = 365
    weights: Weights = Weights()

    def look_back(self, kind: str) -> int | None:
        return self.look_back_years.get(kind, 0)


@dataclass(frozen=True, slots=True)
class Problem:
    on: date
    items: tuple[Item, ...]
    people: tuple[Person, ...]
    facilities: Mapping[str, Facility]
    rules: Rules = Rules()
    seed: int = 0
    notes: tuple[str, ...] = ()  # what was odd, and yet no error
    digest: str = ""


# -- what comes out ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bar:
    """A rule that stands between a person and an item. `constraint` groups the codes for a relaxation."""

    code: str
    constraint: str
    sentence: str
    waivable: bool = True


@dataclass(frozen=True, slots=True)
class Waiver:
    """One constraint, set aside for one item and one person."""

    constraint: str
    item: str
    person: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Shortage:
    """Items that need more than the people who may judge them can take: the proof that nothing fits."""

    items: tuple[str, ...]
    people: tuple[str, ...]
    wanted: int
    room: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Relaxation:
    waivers: tuple[Waiver, ...]
    chosen: Mapping[str, tuple[str, ...]]
    short: Mapping[str, int]  # items for which there are too few people whatever is set aside
    shortages: tuple[Shortage, ...]
    proven: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """`chosen`: item -> people, in the order of their ids. `bound`: no assignment can cost less."""

    chosen: Mapping[str, tuple[str, ...]]
    objective: int
    bound: int
    engine: str
    relaxation: Relaxation | None = None

    @property
    def feasible(self) -> bool:
        return self.relaxation is None

    @property
    def gap(self) -> float:
        return (self.objective - self.bound) / max(1, self.objective)
