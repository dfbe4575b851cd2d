"""The table of checks of a programme: what stands behind a question, and what a facility sees before it submits."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO

import pytest
from pydicom import dcmread

from reaccredit.imaging import actions as imaging
from reaccredit.imaging.rows import Faulty
from reaccredit.packages import table
from reaccredit.packages.catalogue import shipped
from reaccredit.packages.expectations import checked, expectation
from reaccredit.packages.models import Item, Package
from tests.packages.test_images import codes, item
from tests.packages.world import APRIL, World, images, send

GOOD = '[[check]]\ncode = "a"\nasks = "images"\nsays = "x"\nsentence = "y"\nsource = "z"\nmost = 1\n'


@pytest.fixture
def abdomen(package: Package) -> Item:
    return item(package, "abdomen/adult")


def told(of: Item) -> dict[str, bool | None]:
    return {one.says: one.met for one in checked(of)}


def thick(files: list[bytes], millimetres: float) -> list[bytes]:
    made = []
    for content in files:
        image = dcmread(BytesIO(content))
        image.SliceThickness = millimetres
        out = BytesIO()
        image.save_as(out)
        made.append(out.getvalue())
    return made


def test_the_facility_sees_a_tick_or_a_cross_with_the_series_and_where_it_is_stated(world: World, abdomen: Item):
    assert checked(abdomen) == []
    send(abdomen, images(abdomen, APRIL, slices=4), world.admin, APRIL)
    assert told(abdomen) == {"Slices are at most 5 mm thick.": True}
    thicker = thick(images(abdomen, APRIL, slices=4, seed=abdomen.pk + 70, number=2, description="LUNG",
                           same_study_as=images(abdomen, APRIL)[0]), 7.5)  # fmt: skip
    assert not send(abdomen, thicker, world.admin, APRIL).refused
    (cross,) = [one for one in checked(abdomen) if one.met is False]
    assert cross.why == "“LUNG” has slices of 7.5 mm; at most 5 mm are asked for."
    assert cross.rule.source == "AS/11000049638, 11-10-2022"


def test_what_was_announced_and_has_not_come_is_a_cross(world: World, abdomen: Item):
    assert abdomen.collection
    imaging.announce(collection=abdomen.collection, files=12, size=99, actor="person:1", now=APRIL)
    (cross,) = checked(abdomen)
    assert cross.why.startswith("12 files were begun to be sent, and not all of them were.")


def test_where_the_table_says_so_each_exam_shows_a_patient_of_its_own(world: World, package: Package, monkeypatch):
    rows = 'codes = ["other-exams-patient"]\nkinds = ["exam"]\nmodalities = ["CT"]\nsource = "z"\n'
    chest, head = item(package, "chest/adult"), item(package, "head-neck/adult")
    send(chest, images(chest, APRIL), world.admin, APRIL)
    again = images(head, APRIL, patient=f"DEMO{chest.pk}")
    assert expectation(head, APRIL).other_patients == frozenset()  # CT is not asked it
    monkeypatch.setattr("reaccredit.packages.expectations.table", lambda programme: made(rows))
    assert codes(send(head, again, world.admin, APRIL)) == ["other-exams-patient"] * 2
    assert len(send(head, images(head, APRIL), world.admin, APRIL).accepted) == 2


def test_an_age_of_its_own_takes_the_place_of_the_general_limit(package: Package, monkeypatch):
    chest = item(package, "chest/adult")
    general = expectation(chest, APRIL)
    assert "too-old" in general.clauses
    own = '[[age]]\nmonths = 14\nkinds = ["exam"]\nsince = 2021-01-01\nsource = "z"\n'
    monkeypatch.setattr("reaccredit.packages.expectations.table", lambda programme: made("", own))
    found = expectation(chest, APRIL)
    assert (found.oldest, found.clauses) == (date(2020, 2, 1), {})
    late = own.replace("2021-01-01", "2021-09-01")
    monkeypatch.setattr("reaccredit.packages.expectations.table", lambda programme: made("", late))
    assert expectation(chest, APRIL).oldest == general.oldest


def made(rule: str, rest: str = "") -> table.Table:
    return table.made("test", (f"[[rule]]\n{rule}" if rule else "") + rest)


def test_every_row_of_a_shipped_table_names_modalities_that_there_are():
    found = table.table("diagnostic")
    rows = [*found.rules, *found.ages, *found.checks]
    assert {code for row in rows for code in row.where.modalities} <= shipped()
    assert len(found.checks) > 15
    assert table.table("no-such-programme") == table.Table()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('asks = "images"', 'asks = "height"', "'asks' is 'height'"), ('source = "z"\n', "", "say why"),
        ("most = 1", 'most = "1"', "'most' is not a key with such a value"), ('says = "x"', 'says = "{who}"', "{who} is filled in by no"),
        ('code = "a"', "", "'code' is missing"), ('asks = "images"', 'asks = "planes"\nneeds = ["up"]', "'needs' is some of"),
        ("[[check]]", '[[rule]]\ncodes = ["nothing"]\nsource = "z"\n[[check]]', "no file is asked 'nothing'"),
        (GOOD, GOOD + GOOD, "two checks have the same code"), ("[[check]]", "[[cheque]]", "unknown key 'cheque'"),
    ],
)  # fmt: skip
def test_a_slip_in_the_table_is_told_with_its_place(tmp_path, old, new, said):
    assert old in GOOD
    path = tmp_path / "table.toml"
    path.write_text(GOOD.replace(old, new))
    with pytest.raises(Faulty, match=re.escape(said)):
        table.read(path)


def test_since_and_until_are_days_on_which_the_package_was_opened(package: Package):
    chest = item(package, "chest/adult")
    for line, fits in [("since = 2021-04-01", True), ("since = 2021-04-02", False), ("until = 2021-03-31", False)]:
        row = made(f'codes = ["duplicate"]\nsource = "z"\n{line}\n')
        assert bool(row.rule("duplicate", chest)) is fits
