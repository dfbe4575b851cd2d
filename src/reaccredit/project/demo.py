"""The people of the demo, by the place where they work."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from reaccredit.people import queries as people
from reaccredit.people.models import Person

PROGRAMME = "The programme"


@dataclass(frozen=True, slots=True)
class DemoGroup:
    words: str
    people: tuple[Person, ...]


def demo_groups() -> list[DemoGroup]:
    """One group for each facility, then one for the programme. Empty unless the demo is on."""
    groups: dict[str, list[Person]] = {}
    for person in people.demo_people().prefetch_related("posts__facility"):
        posts = person.posts.all()
        groups.setdefault(posts[0].facility.name if posts else PROGRAMME, []).append(person)
    ordered = sorted(groups, key=lambda words: (words == PROGRAMME, words))
    return [DemoGroup(words, tuple(groups[words])) for words in ordered]


def samples_folder() -> Path:
    """Where the files lie to try the uploads with. Asked at every start, so it must not cost the telling of the story."""
    return Path(settings.DATA) / "demo-files"
