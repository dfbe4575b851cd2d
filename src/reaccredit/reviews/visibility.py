"""Who may judge what they were given: asked before a page, a picture or a score sheet is answered, by one function.

Who was given an area may lose the right to it afterwards: an authorisation ends, a tie is declared, the area is given back or
taken away. Then neither its images nor its score sheet are opened any more, and the page says why.
"""

from __future__ import annotations

from datetime import date

from django.db.models import F

from reaccredit.people.models import Person, Role
from reaccredit.people.queries import holds
from reaccredit.reviews.assignment.barring import COMPETENCE, CONFLICT, INDEPENDENCE, Barring
from reaccredit.reviews.gathering import judged_by
from reaccredit.reviews.models import Assignment, HandedBack

# Being away, having much to do or owing a declaration keeps nobody from what they have begun.
CLOSING = frozenset({COMPETENCE, CONFLICT, INDEPENDENCE})

NO_ROLE = "You are not a reviewer of the programme any more."
NO_LONGER = "You are not an arbitrator of the programme any more."
NOT_AUTHORISED = "You are not authorised to judge this area any more."
CONFLICTED = "A conflict of interest with this case is on file, so you cannot judge it."
RETURNED = "The package went back to be completed, so these images are not judged any more."
GONE = {
    HandedBack.Kind.RECUSED: "You have given this reading back. Somebody else reads it.",
    HandedBack.Kind.DECLINED: "You have given this reading back. Somebody else reads it.",
    HandedBack.Kind.TIMED_OUT: "This reading was not begun in time and went to somebody else.",
    HandedBack.Kind.TAKEN_BACK: "The programme's staff have taken this reading back.",
}
# No sentence names the facility or the other person of a tie: the reader does not know whose images these are.
SENTENCES = {COMPETENCE: NOT_AUTHORISED, CONFLICT: CONFLICTED, INDEPENDENCE: CONFLICTED}


class Barred(Exception):
    """What was given to this person is closed to them; the sentence says why."""

    def __init__(self, sentence: str, reading: Assignment | None = None) -> None:
        super().__init__(sentence)
        self.sentence, self.reading = sentence, reading


class NotShown(Barred):
    """These pictures are not shown to whoever judges them, or not yet."""


def why_closed(reading: Assignment, person: Person, on: date) -> str:
    """The sentence for who was given this reading and may not judge it today; "" where nothing stands against it."""
    if not holds(person, Role.REVIEWER, on):
        return NO_ROLE
    problem = judged_by(reading.round, reading.area, person, on)
    barring = Barring(problem)
    for item in problem.items:
        for judge in problem.people:
            for bar in barring.bars(item, judge):
                if bar.constraint in CLOSING:
                    return SENTENCES[bar.constraint]
    return ""


def gone(person: Person, pk: int) -> str:
    """The sentence for a reading that this person had; "" for one they never had."""
    back = HandedBack.objects.filter(reviewer=person, reading=pk).first()
    return GONE[HandedBack.Kind(back.kind)] if back else ""


def returned(person: Person, pk: int) -> str:
    """The sentence for a reading whose package has gone back to where it came from; "" for one they never had."""
    mine = Assignment.objects.filter(reviewer=person, pk=pk)
    return RETURNED if mine.exclude(round__package__submitted_at=F("round__submitted_at")).exists() else ""
