"""Agreement beyond chance, held against published tables; and who sees whose numbers."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest
from django.urls import reverse
from django.utils import timezone

from reaccredit.reviews import charts, kappa, quality
from reaccredit.reviews.quality_rules import quality_rules
from tests.reviews.test_pages import Sign, queries_for, sign  # noqa: F401 - a fixture
from tests.reviews.world import HEAD, World

YES, NO = "acceptable", "not-acceptable"


def pairs(table: list[list[int]]) -> list[tuple[str, str]]:
    return [
        (str(row), str(column))
        for row, column in product(range(len(table)), repeat=2)
        for _ in range(table[row][column])
    ]


# -- published examples ------------------------------------------------------------------------------------------------


def test_cohen_as_in_the_textbook_of_fleiss_levin_and_paik() -> None:
    """Two diagnoses of 100 people, table 18.1: kappa 0.68, standard error 0.087, from 0.51 to 0.85."""
    found = kappa.cohen(pairs([[75, 1, 4], [5, 4, 1], [0, 0, 10]]))
    assert found.value == pytest.approx(0.676, abs=0.001)
    assert (found.low, found.high) == (pytest.approx(0.51, abs=0.01), pytest.approx(0.85, abs=0.01))
    assert found.agreed == pytest.approx(0.89)


def test_cohen_of_fifty_grants() -> None:
    """The example of 50 proposals (20 yes and yes, 15 no and no): 0.4."""
    found = kappa.cohen(pairs([[20, 5], [10, 15]]))
    assert found.value == pytest.approx(0.4)
    assert found.words == "fair"


def test_fleiss_of_ten_people_and_fourteen_raters() -> None:
    """The well known table of ten subjects, fourteen raters and five categories: 0.210."""
    table = [
        [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
        [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
    ]  # fmt: skip
    found = kappa.fleiss([[str(word) for word, number in enumerate(row) for _ in range(number)] for row in table])
    assert found.value == pytest.approx(0.210, abs=0.001)
    assert found.agreed == pytest.approx(0.378, abs=0.001)
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0.210 < found.high


# -- where it is not defined -------------------------------------------------------------------------------------------


def test_nothing_read_and_always_the_same_have_no_kappa() -> None:
    assert kappa.cohen([]).value is None
    assert kappa.cohen([(YES, YES)] * 5).value is None
    assert kappa.fleiss([]).value is None
    assert kappa.fleiss([[YES, YES]] * 5).agreed == 1


def test_perfect_agreement_is_one_and_perfect_disagreement_is_less_than_chance() -> None:
    assert kappa.cohen([(YES, YES), (NO, NO)] * 4).value == pytest.approx(1)
    assert kappa.cohen([(YES, YES), (NO, NO)] * 4).low is None
    assert kappa.cohen([(YES, NO), (NO, YES)] * 4).value == pytest.approx(-1)


def test_a_different_number_of_readers_is_refused() -> None:
    with pytest.raises(ValueError, match="the same number of readers"):
        kappa.fleiss([[YES, NO], [YES]])


# -- the pages ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def read(world: World) -> World:
    now = timezone.now()
    world.read(world.given_out(world.round(now=now), now), {HEAD: "protocol"}, now)
    return world


def test_staff_see_every_reader_and_a_reader_only_themselves(read: World, sign: Sign) -> None:  # noqa: F811
    ann, bob, _ = read.radiologists
    staff = sign(read.staff).get(reverse("reviews:quality"))
    assert {ann.name, bob.name} <= {name for name in (ann.name, bob.name) if name in staff.text}
    own = sign(ann).get(reverse("reviews:how-i-read"))
    assert own.status_code == 200
    assert "Agreement beyond chance" in own.text
    assert bob.name not in own.text
    assert read.facility.name not in own.text
    assert {sign(who).get(reverse("reviews:quality")).status_code for who in (ann, read.admin)} == {404}
    assert sign(read.admin).get(reverse("reviews:how-i-read")).status_code == 404
    assert queries_for(sign(read.staff), reverse("reviews:quality")) < 15


def test_what_is_not_completed_is_not_told(world: World) -> None:
    now = timezone.now()
    opened = world.given_out(world.round(now=now), now)
    first = opened.assignments.select_related("area", "round__package", "round__case_file__case", "reviewer")[0]
    world.hand_in(first, now=now)
    assert quality.readings(now.date()) == []


def test_the_numbers_of_a_reader(read: World) -> None:
    ann = read.radiologists[0]
    found = quality.readings(timezone.localdate())
    own = quality.reader([one for one in found if one.reader == ann.pk])
    clinical = [one for one in found if one.reader == ann.pk]
    assert own.read == len(clinical) == own.kappa.areas
    assert own.kappa.value == pytest.approx(1)
    assert own.refused == own.refused_by_others == 1 / len(clinical)
    assert own.overruled == 0
    (quarter,) = quality.over_time(ann.pk, found, least=1, people=1)
    assert (quarter.areas, quarter.agreed) == (own.read, 100)
    assert quality.everybody(found).kappa.areas * 2 == len(found)


def test_who_was_decided_otherwise_by_the_third_is_counted() -> None:
    today = timezone.localdate()
    one = quality.Reading(1, "CT", NO, YES, YES, 2.0, today)
    assert one.overruled
    assert not quality.Reading(2, "CT", YES, NO, YES, 2.0, today).overruled
    assert quality.reader([one, one]).overruled == 2


# -- over time, and what is too little to be shown ---------------------------------------------------------------------


def of_quarters(reader: int, *outcomes: str, days: float = 2.0) -> list[quality.Reading]:
    today = date(2026, 2, 3)
    return [quality.Reading(reader, "CT", said, YES, YES, days, today) for said in outcomes]


def test_a_number_of_too_few_areas_and_a_whole_of_too_few_people_are_not_told() -> None:
    found = of_quarters(1, NO, YES) + of_quarters(2, YES, days=4) + of_quarters(3, YES, days=6)
    (shown,) = quality.over_time(1, found, least=2, people=2)
    assert (shown.agreed, shown.refused, shown.others_refused, shown.others_days) == (50, 50, 0, 5)
    (hidden,) = quality.over_time(1, found, least=3, people=3)
    assert (hidden.agreed, hidden.refused, hidden.others_refused, hidden.days, hidden.others_days) == (None,) * 5
    figures = quality_rules(date(2026, 2, 3)).figures
    assert quality.everybody_else(found, 1, figures) is None
    assert quality.everybody_else(found + of_quarters(4, YES), 1, figures) is not None


def test_a_line_has_a_gap_where_nothing_is_known_and_stays_inside_its_picture() -> None:
    drawn = charts.chart("k", "T", ["a", "b", "c", "d"], [("You", "own", [0, 100, None, 50])], " %", 100)
    (line,) = drawn.lines
    assert [letter for letter in line.path if letter in "ML"] == ["M", "L", "M"]
    assert len(line.points) == 3
    assert all(
        drawn.left <= p.x <= drawn.right and charts.TOP <= p.y <= charts.HEIGHT - charts.BOTTOM for p in line.points
    )
    assert [words for _, words in drawn.ticks] == ["0 %", "25 %", "50 %", "75 %", "100 %"]
    days = charts.chart("k", "T", ["a"], [("You", "own", [11.5])], "")
    assert [words for _, words in days.ticks] == ["0", "5", "10", "15", "20"]
    assert charts.chart("k", "T", [], [("You", "own", [])], "").lines[0].path == ""


def test_every_number_of_a_chart_stands_in_the_table_beside_it(read: World, sign: Sign) -> None:  # noqa: F811
    ann, bob, _ = read.radiologists
    page = sign(read.staff).get(reverse("reviews:reader", args=[ann.pk])).text
    assert page.count("<figure") == 3
    assert "From quarter to quarter" in page
    assert bob.name not in page
    assert "style=" not in page[page.index("<main") : page.index("</main>")]
    assert sign(ann).get(reverse("reviews:reader", args=[ann.pk])).status_code == 404
    own = sign(ann).get(reverse("reviews:how-i-read")).text
    assert "Shown from 8 areas on" in own
    assert "<figure" not in own
