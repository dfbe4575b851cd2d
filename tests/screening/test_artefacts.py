"""What may hold a patient's data is a table, read beside the revision of the day."""

from __future__ import annotations

import pytest

from reaccredit.ledger.queries import policy_for
from reaccredit.screening import artefacts
from reaccredit.screening.artefacts import Faulty, of_revision, read

PLAN = "corrective-action-plan"


def rule(revision: str, artefact: str, modality: str = "MRI") -> artefacts.Rule:
    return of_revision("diagnostic", policy_for("diagnostic")[revision], modality, artefact)


@pytest.mark.django_db
def test_the_policys_own_word_counts_from_the_revision_that_says_it() -> None:
    assert rule("2020-09-21", PLAN).phi == "allowed"
    since = rule("2021-03-08", PLAN)
    assert since.forbidden
    assert since.clause is not None
    assert since.clause.id == "reinstate.phi"


@pytest.mark.django_db
def test_identification_is_required_where_it_is_scored_and_a_pseudonym_to_reviewers() -> None:
    assert rule("2021-03-08", "exam-header", "BMRI").phi == "required"
    assert rule("2021-03-08", "exam-header").phi == "allowed"
    assert rule("2021-03-08", "exam-picture").masked_for_reviewers


@pytest.mark.django_db
def test_a_programme_without_a_table_still_has_its_policys_word() -> None:
    revision = policy_for("diagnostic")["2021-03-08"]
    assert of_revision("another", revision, "MRI", PLAN).forbidden


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[row]]\nartefact="a"\ntitle="A"\nphi="perhaps"\nreviewers="never"\nassumed="x"', "phi is one of"),
        ('[[row]]\nartefact="a"\ntitle="A"\nphi="allowed"\nreviewers="never"', "say the source"),
        ('[[row]]\nartefact="a"\nphi="allowed"\nreviewers="never"\nassumed="x"', "title is missing"),
        ('[[row]]\nartefact="a"\ntitle="A"\nphi="allowed"\nreviewers="never"\nassumed="x"\nphii="x"', "no key phii"),
    ],
)
def test_a_faulty_row_is_told(text: str, said: str) -> None:
    with pytest.raises(Faulty, match=said):
        read(text)
