"""What is asked of all images of an item together: met, not met, or not to be told from the headers."""

from __future__ import annotations

import pytest

from reaccredit.imaging.exams import QUESTIONS, Exam, Facts, Limits

AXIAL = Facts(
    "T1 AXIAL", images=20, thickness=3.0, positions=tuple(3.0 * n for n in range(20)), pixel=(0.9, 1.1), plane="axial"
)
SCOUT = Facts("SCOUT", images=1, thickness=10.0, plane="coronal")


def asked(question: str, *series: Facts, exam: Exam | None = None, **limits) -> tuple[bool | None, str, str]:
    answer = QUESTIONS[question](exam or Exam(series), Limits(**limits))
    return answer.met, answer.series, answer.found


def test_a_figure_is_asked_of_every_stack_of_slices_and_not_of_a_scout():
    assert asked("thickness", AXIAL, SCOUT, most=3) == (True, "", "")
    assert asked("thickness", AXIAL, SCOUT, most=2.5) == (False, "T1 AXIAL", "3")
    assert asked("thickness", AXIAL, least=9.5, most=10.5) == (False, "T1 AXIAL", "3")
    assert asked("pixel", AXIAL, most=1) == (False, "T1 AXIAL", "1.1")
    assert asked("pixel-area", AXIAL, most=1) == (True, "", "")


def test_a_header_that_does_not_say_is_neither_a_tick_nor_a_cross():
    assert asked("thickness", Facts("A", images=9), most=3)[0] is None
    assert asked("thickness", SCOUT, most=3)[0] is None  # no stack is here
    assert asked("gap", Facts("A", images=9, thickness=3.0), most=0)[0] is None
    assert asked("after-injection", AXIAL, most=4)[0] is None
    assert asked("planes", Facts("A"), needs=("axial",))[0] is None


def test_a_gap_is_what_lies_between_neighbours_and_one_slice_that_was_left_out_is_none():
    places = tuple(3.0 * n for n in range(20) if n != 7)
    assert asked("gap", Facts("A", images=19, thickness=3.0, positions=places), most=0)[0] is True
    wide = tuple(4.5 * n for n in range(20))
    assert asked("gap", Facts("A", images=20, thickness=3.0, positions=wide), most=0) == (False, "A", "1.5")
    assert asked("gap", Facts("A", images=20, thickness=3.0, positions=wide), most=1.5)[0] is True


def test_only_series_of_the_asked_name_are_looked_at():
    thick = Facts("T2 FSE", images=20, thickness=5.0)
    assert asked("thickness", AXIAL, thick, most=3, like=("*t1*",))[0] is True
    assert asked("series", AXIAL, named={"T2": ("*t2*",)}) == (False, "", "T2")
    assert asked("series", AXIAL, thick, named={"T2": ("*t2*",), "T1": ("*t1*",)})[0] is True


def test_planes_images_identification_and_time_after_the_injection():
    assert asked("planes", AXIAL, SCOUT, needs=("axial", "sagittal")) == (False, "", "sagittal")
    assert asked("images", AXIAL, SCOUT, most=1) == (False, "", "21")
    named = Facts("A", identified=frozenset({"name", "id"}))
    assert asked("identified", named, needs=("name", "id"))[0] is True
    assert asked("identified", named, needs=("name", "birth", "laterality")) == (
        False,
        "A",
        "the date of birth or the age and the laterality",
    )
    early, late = Facts("EARLY", after_injection=270.0), Facts("LATE", after_injection=600.0)
    assert asked("after-injection", late, early, most=4) == (False, "EARLY", "4.5")
    assert asked("after-injection", late, early, most=5)[0] is True


@pytest.mark.parametrize(
    ("question", "exam", "met"),
    [
        ("all-sent", Exam((), unfinished=3), False), ("all-sent", Exam(()), True),
        ("disk", Exam((), listed=9, missing=2), False), ("disk", Exam((), listed=9), True),
    ],
)  # fmt: skip
def test_what_was_declared_has_to_be_here(question, exam, met):
    assert asked(question, exam=exam)[0] is met
