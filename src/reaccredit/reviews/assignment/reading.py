"""A problem as JSON: its shape, and what must hold between its parts. Whatever is wrong is a `BadProblem`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from reaccredit.reviews.assignment.form import BadProblem, Day, Flag, Kind, Number, OneOf, Rows, Table, Text, Whole
from reaccredit.reviews.assignment.words import (
    RELATIONS,
    Absence,
    Authorisation,
    Employment,
    Facility,
    Item,
    Part,
    Person,
    Post,
    Problem,
    Relation,
    Rules,
    Seen,
    Weights,
)

SCHEMA = 1
DRAFT = "https://json-schema.org/draft/2020-12/schema"
TIES: dict[str, Kind] = {
    "since": Day("first day", null=True),
    "until": Day("last day; null or left out: open", null=True),
}
IDS = Rows(Text())

POST = Table(
    "post", {"person": Text()} | TIES, ("person",), "somebody on the personnel list; a bare id: without dates", "person"
)
FACILITY = Table("facility", {
    "id": Text(), "name": Text(empty=True), "employer": Text("the organisation that runs it", empty=True),
    "network": Text(empty=True), "state": Text(empty=True), "market": Text(empty=True), "personnel": Rows(POST),
}, ("id",))  # fmt: skip
AUTHORISATION = Table("authorisation", {
    "modality": Text("* is every one"), "module": Text("* is every one; head-neck holds for head-neck/adult, too"),
    "role": Text("* is every one"),
} | TIES, ("modality", "module", "role"))  # fmt: skip
EMPLOYMENT = Table("employment", {
    "employer": Text("a facility's id, or the name of an organisation"), "network": Text(empty=True),
} | TIES, ("employer",), "a bare text: the employer, without dates", "employer")  # fmt: skip
TO: dict[str, Kind] = {"kind": OneOf(RELATIONS), "facility": Text(), "network": Text(), "person": Text()}
RELATION = Table("relation", TO | TIES, ("kind",), "to exactly one of facility, network, person")
ABSENCE = Table("absence", {
    "from": Day(), "to": Day("last day away; null or left out: until further notice", null=True),
    "delegate": Text("who stands in", empty=True),
}, ("from",))  # fmt: skip
SEEN = Table("seen", {"facility": Text(), "on": Day()}, ("facility", "on"))
PERSON = Table("person", {
    "id": Text(), "name": Text(empty=True), "roles": IDS, "professions": IDS, "authorisations": Rows(AUTHORISATION),
    "employers": Rows(EMPLOYMENT), "relations": Rows(RELATION), "availability": Rows(ABSENCE, "when somebody is away"),
    "load": Whole(says="open work of this week"), "limit": Whole(most=1000, says="most work at a time; 6 unless said"),
    "declared": Rows(Whole(1900, 2999), "years for which conflicts were declared"),
    "turnaround": Number(365, "usual days from asking to handing in; 7 unless said"),
    "recent": Rows(SEEN, "facilities that were judged lately"), "state": Text(empty=True), "market": Text(empty=True),
}, ("id", "roles", "authorisations"))  # fmt: skip
PART = Table(
    "part", {"person": Text(), "role": Text(empty=True)}, ("person",), "a bare id: the role is not stated", "person"
)
ITEM = Table("item", {
    "id": Text(), "case": Text(), "facility": Text(), "modality": Text(), "module": Text(), "role": Text(),
    "profession": Text(empty=True), "needs": Whole(1, 20, "people still to be found; 2 unless said"), "due": Day(null=True),
    "earlier_readers": Rows(PART, "who had a part in the case before"), "assigned": Rows(Text(), "who has it already"),
    "declined": IDS, "recused": IDS, "instead_of": Rows(Text(), "who was to judge it and is away: a delegate comes first"),
    "again": Flag("read once more, to see how well it was read: by nobody who has read the case before"),
}, ("id", "case", "facility", "modality", "module", "role"))  # fmt: skip
LOOK_BACK: dict[str, Kind] = {kind: Whole(0, 100, null=True) for kind in RELATIONS}
POINTS: dict[str, Kind] = {key: Whole(0, 10_000) for key in ("fairness", "turnaround", "rotation", "delegate", "lot")}
WEIGHTS = Table("weights", POINTS)
RULES = Table("rules", {
    "look_back_years": Table("look_back_years", LOOK_BACK, (), "null: for ever"),
    "same_network": Flag("true unless said"), "same_state": Flag(), "same_market": Flag(), "declaration_required": Flag(),
    "appeal_roles": Rows(Text(), "roles that no earlier reader of the case may take; arbitrator unless said"),
    "ask_again": Flag("who declined an item may be asked again"),
    "former_staff_for_ever": Flag("a post at the facility counts however long ago it ended"), "rotation_days": Whole(1, 10_000), "weights": WEIGHTS,
})  # fmt: skip
PROBLEM = Table("problem", {
    "schema": OneOf((SCHEMA,)), "on": Day("the day on which people are asked"), "seed": Whole(0, 2**63 - 1, "of the lots"),
    "rules": RULES, "facilities": Rows(FACILITY, "left out: every id of a facility is taken as it is"),
    "people": Rows(PERSON), "items": Rows(ITEM),
}, ("schema", "on", "people", "items"))  # fmt: skip


def schema() -> dict[str, Any]:
    return {"$schema": DRAFT, "title": "An assignment problem of reaccredit", **PROBLEM.schema()}


def parse(text: str, *, seed: int | None = None) -> Problem:
    """`seed` takes the place of the problem's own. Raises `BadProblem`."""
    try:
        data = json.loads(text, object_pairs_hook=_no_key_twice, parse_constant=_no_constant)
    except BadProblem:
        raise
    except (ValueError, RecursionError) as error:
        raise BadProblem(f"this is not JSON: {error}") from None
    if seed is not None and isinstance(data, dict):
        data["seed"] = seed
    return read(data)


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        keys = [key for key, _ in pairs]
        raise BadProblem(f"{next(key for key in keys if keys.count(key) > 1)}: the key stands twice in one object")
    return made


def _no_constant(word: str) -> Any:
    raise BadProblem(f"{word} is not a number that can be used")


def read(data: Any) -> Problem:
    """Raises `BadProblem`. Items and people are put in the order of their ids, so that the order in the file decides nothing."""
    found = PROBLEM.read(data, "")
    people = _once(found["people"], "people", _person)
    items = _once(found["items"], "items", _item)
    facilities = {one.id: one for one in _once(found.get("facilities", ()), "facilities", _facility)}
    if "facilities" in found:
        _known_facilities(items, facilities)
    for item in items:
        facilities.setdefault(item.facility, Facility(item.facility))
    canonical = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return Problem(
        on=found["on"],
        items=tuple(sorted(items, key=lambda one: one.id)),
        people=tuple(sorted(people, key=lambda one: one.id)),
        facilities=facilities,
        rules=_rules(found.get("rules", {})),
        seed=found.get("seed", 0),
        notes=tuple(_strangers(items, {one.id for one in people})),
        digest=hashlib.sha256(canonical.encode()).hexdigest(),
    )


One = TypeVar("One", Person, Item, Facility)


def _once(rows: Iterable[dict[str, Any]], path: str, make: Callable[[dict[str, Any], str], One]) -> list[One]:
    made: dict[str, One] = {}
    for index, row in enumerate(rows):
        if row["id"] in made:
            raise BadProblem(f"{path}[{index}].id: {row['id']!r} stands twice")
        made[row["id"]] = make(row, f"{path}[{index}]")
    return list(made.values())


def _in_order(row: dict[str, Any], path: str, first: str = "since", last: str = "until") -> dict[str, Any]:
    since, until = row.get(first), row.get(last)
    if since and until and until < since:
        raise BadProblem(f"{path}.{last}: {until} lies before {first}, {since}")
    return row


def _rows(row: dict[str, Any], key: str, path: str) -> list[dict[str, Any]]:
    return [_in_order(one, f"{path}.{key}[{index}]") for index, one in enumerate(row.get(key, ()))]


def _facility(row: dict[str, Any], path: str) -> Facility:
    return Facility(**row | {"personnel": tuple(Post(**post) for post in _rows(row, "personnel", path))})


def _relation(row: dict[str, Any], path: str) -> Relation:
    named = [key for key in ("facility", "network", "person") if key in row]
    if len(named) != 1:
        raise BadProblem(
            f"{path}: name exactly one of facility, network and person; found {', '.join(named) or 'none'}"
        )
    return Relation(**row)


def _absence(row: dict[str, Any], path: str) -> Absence:
    _in_order(row, path, "from", "to")
    return Absence(row["from"], row.get("to"), row.get("delegate", ""))


def _person(row: dict[str, Any], path: str) -> Person:
    made = dict(row)
    made.pop("availability", None)
    return Person(**made | {
        "authorisations": tuple(Authorisation(**one) for one in _rows(row, "authorisations", path)),
        "employers": tuple(Employment(**one) for one in _rows(row, "employers", path)),
        "relations": tuple(_relation(one, f"{path}.relations[{i}]") for i, one in enumerate(_rows(row, "relations", path))),
        "absences": tuple(_absence(one, f"{path}.availability[{i}]") for i, one in enumerate(row.get("availability", ()))),
        "recent": tuple(Seen(**one) for one in row.get("recent", ())),
    })  # fmt: skip


def _item(row: dict[str, Any], path: str) -> Item:
    for index, who in enumerate(row.get("assigned", ())):
        if who in row["assigned"][:index]:
            raise BadProblem(f"{path}.assigned[{index}]: {who!r} stands twice")
    return Item(**row | {"earlier_readers": tuple(Part(**one) for one in row.get("earlier_readers", ()))})


def _rules(row: dict[str, Any]) -> Rules:
    made = dict(row)
    if "weights" in made:
        made["weights"] = Weights(**made["weights"])
    if "look_back_years" in made:
        made["look_back_years"] = {**Rules().look_back_years, **made["look_back_years"]}
    return Rules(**made)


def _known_facilities(items: Iterable[Item], facilities: dict[str, Facility]) -> None:
    for item in items:
        if item.facility not in facilities:
            raise BadProblem(f"items, {item.id}: there is no facility {item.facility!r} in facilities")


def _strangers(items: Iterable[Item], people: set[str]) -> Iterable[str]:
    """Ids that are nobody's: people leave, so it is no error; a slip of the pen would hide a conflict, so it is said."""
    for item in items:
        named = {
            "earlier_readers": [part.person for part in item.earlier_readers], "assigned": item.assigned,
            "declined": item.declined, "recused": item.recused, "instead_of": item.instead_of,
        }  # fmt: skip
        for key, ids in named.items():
            for who in ids:
                if who not in people:
                    yield f"items, {item.id}: {key} names {who!r}, who is not among the people"
