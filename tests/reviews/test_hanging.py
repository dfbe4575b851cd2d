"""Hanging protocols are data: they say what hangs beside what, and hide nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from reaccredit.facilities import catalogue as facilities
from reaccredit.imaging.models import Instance, Series
from reaccredit.imaging.queries import SeriesRow
from reaccredit.packages.catalogue import contents
from reaccredit.packages.models import Item
from reaccredit.reviews import hanging
from reaccredit.reviews.catalogue import Malformed
from tests.reviews.test_pages import Sign, image_of, own, sign  # noqa: F401 - a fixture
from tests.reviews.world import World

TODAY = date(2021, 4, 1)


def row(pk: int, description: str, plane: str = "", modality: str = "") -> SeriesRow:
    details = {"plane": plane} if plane else {}
    series = Series(pk=pk, description=description, details=details, modality=modality)
    return SeriesRow(series, 1, 1, Instance(pk=pk))


def hung(modality: str, area: str, exam: str, *rows: SeriesRow) -> list[tuple[str, str, str]]:
    found = hanging.protocol(modality, "clinical", area, [exam], TODAY)
    assert found
    steps = hanging.hang(found, [(Item(code="exam", title=exam), list(rows))]).steps
    return [(s.title, s.left.series.description, s.right.series.description if s.right else "") for s in steps]


def brain(*rows: SeriesRow) -> hanging.Hung:
    found = hanging.protocol("MRI", "clinical", "head-neck/adult", ["Routine brain"], TODAY)
    assert found
    return hanging.hang(found, [(Item(code="exam", title="Routine brain"), list(rows))])


def test_every_protocol_is_for_a_module_and_for_lines_of_a_package_that_exist() -> None:
    assert hanging.protocols()
    for modality, listed in hanging.protocols().items():
        codes = {line.code for line in contents(modality).lines}
        modules = {module.code for module in facilities.modality(modality).modules}
        for found in listed:
            assert set(found.modules) <= modules
            places = [place for step in found.steps for place in (step.left, step.right) if place]
            assert {code for place in places for code in place.items} <= codes


def test_every_modality_whose_images_are_read_has_a_protocol_for_each_of_its_areas() -> None:
    for code in ("CT", "MRI", "BMRI", "NM", "PET", "US", "BUS", "SBB"):
        known = facilities.modality(code)
        for module in known.modules:
            assert hanging.protocol(code, "clinical", module.code, ["Any exam"], TODAY), (code, module.code)
        assert bool(hanging.protocol(code, "phantom", "phantom", [], TODAY)) == bool(known.phantoms), code


def test_the_exams_of_every_modality_hang_as_they_are_read() -> None:
    assert hung("PET", "oncology", "FDG", row(1, "NAC axial"), row(2, "AC axial"), row(3, "MIP")) == [
        ("With beside without attenuation correction", "AC axial", "NAC axial"),
        ("Maximum intensity projection", "MIP", ""),
    ]
    assert hung("NM", "cardiology", "SPECT myocardial perfusion", row(1, "REST SA"), row(2, "STRESS SA"))[0] == (
        "Stress beside rest", "STRESS SA", "REST SA",
    )  # fmt: skip
    assert hung("NM", "planar", "MUGA", row(1, "ANT"), row(2, "LAO 45"))[0][1:] == ("LAO 45", "ANT")
    assert hung("BMRI", "breast", "Case", row(1, "T1 post 1"), row(2, "T1 pre"), row(3, "T1 delayed"))[:2] == [
        ("Before contrast beside early after it", "T1 pre", "T1 post 1"),
        ("Early beside delayed after contrast", "T1 post 1", "T1 delayed"),
    ]
    mammogram, sonogram = row(1, "L CC", modality="MG"), row(2, "L 3:00 radial", modality="US")
    assert hung("BUS", "breast-ultrasound/simple-cyst", "Cyst", sonogram, mammogram)[0] == (
        "Mammogram beside sonogram", "L CC", "L 3:00 radial",
    )  # fmt: skip
    assert hung("SBB", "biopsy", "Case", row(1, "R MLO"), row(2, "R CC"), row(3, "Specimen"))[0][1:] == (
        "R CC",
        "R MLO",
    )
    assert hung("US", "vascular/renal", "Renal", row(1, "Kidney"), row(2, "Kidney color Doppler")) == [
        ("Grey scale beside Doppler", "Kidney", "Kidney color Doppler")
    ]


def test_what_fits_hangs_side_by_side_and_what_does_not_is_listed_after_it() -> None:
    flair, t2, odd = row(1, "AX T2 FLAIR", "axial"), row(2, "Ax T2 TSE", "axial"), row(3, "Series of the house")
    hung = brain(odd, flair, t2)
    assert [(one.title, one.left, one.right, one.together) for one in hung.steps] == [
        ("Axial T2 beside FLAIR", t2, flair, True)
    ]
    assert hung.missing == ("T1 beside diffusion",)
    assert hung.others == (odd,)
    item = Item(code="exam", title="Routine brain")
    assert hanging.ordered(hung, [(item, [odd, flair, t2])]) == [(item, [t2, flair, odd])]
    assert brain(odd).steps == ()
    assert brain(odd).others == (odd,)


def test_a_protocol_holds_from_its_day_and_for_its_exam() -> None:
    step = hanging.Step("One", hanging.Place(), None, False)
    found = hanging.Protocol(
        "clinical", "P", (step,), exams=("liver",), since=date(2021, 1, 1), until=date(2021, 12, 31)
    )
    assert found.holds("clinical", "body", ["Liver, multiphase"], TODAY)
    assert not found.holds("clinical", "body", ["Pelvis"], TODAY)
    assert not found.holds("clinical", "body", ["Liver"], date(2022, 1, 1))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ('left = { plain = "axial" }', "unknown key 'plain'"),
        ('left = { plane = "upside" }', "plane is one of"),
        ("left = { window = [40] }", "a centre and a width"),
        ("together = true", "what hangs on the left"),
    ],
)
def test_a_slip_in_a_protocol_is_named(tmp_path: Path, wrong: str, said: str) -> None:
    path = tmp_path / "ct.toml"
    head = 'schema = 1\nmodality = "CT"\n[[protocol]]\nkind = "clinical"\ntitle = "P"\nassumed = true\n'
    path.write_text(f'{head}[[protocol.step]]\ntitle = "One"\n{wrong}\n')
    with pytest.raises(Malformed, match=said):
        hanging.read(path)


def test_the_reading_room_opens_the_viewer_as_the_protocol_says_and_locks_nobody_in(world: World, sign: Sign) -> None:  # noqa: F811
    world.given_out()
    found = own(world)
    client, series = sign(found.reviewer), image_of(found).series
    page = client.get(reverse("reviews:reading", args=[found.pk])).text
    address = reverse("looking:series", args=[series.pk])
    assert "Hang them as for Head and neck" in page
    assert f'href="{address}?hang=1&amp;window=40,80"' in page
    viewer: Any = client.get(address, {"hang": "1", "window": "40,80"})
    assert f'data-beside="{series.pk}" data-beside-window="300,1500" data-together="yes"' in viewer.text
    assert 'aria-current="step"' in viewer.text
    assert viewer.text.count(f'<option value="{series.pk}"') == 2
    assert "data-beside" not in client.get(address).text
    Series.objects.update(description="SCOUT")
    assert "Hang them as for" not in client.get(reverse("reviews:reading", args=[found.pk])).text
    assert client.get(address, {"hang": "1"}).status_code == 200
    assert "hang=" not in sign(world.admin).get(address).text
