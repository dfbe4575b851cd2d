"""Problems as a programme has them: a tenth are appeals, four items to a case, capacity a little above the want."""

from __future__ import annotations

import json
import random
from typing import Any

MODALITIES = ("CT", "MR", "NM", "PET", "US", "BUS", "SBB")
MODULES = ("head-neck", "chest", "abdomen", "spine", "msk", "cardiac")
STATES = tuple(f"S{number:02}" for number in range(50))
TODAY, SOON, NEXT, LATER = "2026-11-23", "2026-11-30", "2027-06-30", "2028-01-31"


def problem(items: int, people: int, seed: int = 1, spare: float = 1.15) -> str:
    draw = random.Random(seed)
    number = max(1, items // 8)
    networks = [f"network {n}" for n in range(max(1, number // 5))]
    limit = max(3, int(items * 2 / people * spare) + 1)
    return json.dumps({
        "schema": 1, "on": TODAY, "seed": 7, "rules": {"same_state": True, "declaration_required": True},
        "facilities": [_facility(draw, n, networks, people) for n in range(number)],
        "people": [_person(draw, n, people, number, networks, limit) for n in range(people)],
        "items": [_item(draw, n, number, people) for n in range(items)],
    })  # fmt: skip


def _facility(draw: random.Random, n: int, networks: list[str], people: int) -> dict[str, Any]:
    return {
        "id": f"f{n}", "network": draw.choice(networks) if draw.random() < 0.6 else "", "state": draw.choice(STATES),
        "personnel": [f"p{draw.randrange(people):04}"] if draw.random() < 0.2 else [],
    }  # fmt: skip


def _person(
    draw: random.Random, n: int, people: int, facilities: int, networks: list[str], limit: int
) -> dict[str, Any]:
    site = lambda: f"f{draw.randrange(facilities)}"  # noqa: E731
    until = lambda: draw.choice([NEXT, LATER, SOON])  # noqa: E731
    jobs: list[dict[str, Any]] = [
        {"employer": site(), "since": "2015-01-01", "until": draw.choice([None, "2024-05-05", "2019-01-01"])}
    ]
    if draw.random() < 0.5:
        jobs.append({"employer": draw.choice(networks)})
    return {
        "id": f"p{n:04}", "roles": ["reviewer", *(["arbitrator"] if draw.random() < 0.3 else [])],
        "authorisations": [
            {"modality": modality, "module": "*", "role": role, "until": until()}
            for modality in draw.sample(MODALITIES, 3) for role in ("reviewer", "arbitrator")
        ],
        "employers": jobs, "relations": [{"kind": "financial", "facility": site()}] if draw.random() < 0.3 else [],
        "availability": [{"from": "2026-11-20", "to": "2026-11-28", "delegate": f"p{draw.randrange(people):04}"}] if draw.random() < 0.05 else [],
        "load": draw.randrange(3), "limit": limit + draw.randrange(4), "declared": [2026] if draw.random() < 0.98 else [],
        "turnaround": draw.choice([2, 3, 4, 5, 6, 8, 10]), "recent": [{"facility": site(), "on": "2026-06-01"} for _ in range(3)],
        "state": draw.choice(STATES),
    }  # fmt: skip


def _item(draw: random.Random, n: int, facilities: int, people: int) -> dict[str, Any]:
    appeal = n % 10 == 9
    return {
        "id": f"i{n:05}", "case": f"c{n // 4}", "facility": f"f{n // 4 % facilities}", "modality": MODALITIES[n // 4 % 7],
        "module": f"{draw.choice(MODULES)}/adult", "role": "arbitrator" if appeal else "reviewer", "needs": 2,
        "due": f"2026-12-{draw.randrange(1, 29):02}",
        "earlier_readers": [f"p{draw.randrange(people):04}" for _ in range(2)] if appeal else [],
    }  # fmt: skip
