"""What programs measure in a phantom stands beside the limits of the day, as advice. The programs here are stand-ins: processes of
their own that speak as the real ones do; `benchmarks/phantom` runs those.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pydicom import dcmread
from pytest_django.asserts import assertContains, assertNotContains

from reaccredit.imaging.models import Instance, Series
from reaccredit.imaging.storage import STORE
from reaccredit.imaging.synthetic import series as synthetic
from reaccredit.packages import phantoms
from reaccredit.packages.models import Item, Precheck, PrecheckPicture
from reaccredit.people.models import Person
from reaccredit.reviews.models import Assignment
from tests.options.clock import Clock, clock
from tests.packages.world import looked_at
from tests.reviews.world import APRIL, World, build

__all__ = ["clock"]
pytestmark = pytest.mark.xdist_group("prechecks")
STAND_IN = """#!{python}
import json, sys
from pathlib import Path
from PIL import Image
_, isolated, script, phantom, images, pictures = sys.argv
assert isolated == "-I" and len(list(Path(images).iterdir())) == 11 and Path(script).is_file()
Image.new("RGB", (1200, 600), "navy").save(Path(pictures) / "regions.png")
print(json.dumps({answer!r}))
{more}
"""
BOTH = {
    "slice-thickness": 5.1,
    "uniformity": 92.0,
    "ghosting": 0.2,
    "slice-position": 1.0,
    "diameter": 190.2,
    "spokes": 36,
}


def put(
    folder: Path, tool: str, values: Mapping[str, float], failed: Mapping[str, str] | None = None, more: str = ""
) -> None:
    answer: dict[str, Any] = {
        "tool": tool, "version": "9.9", "values": dict(values), "failed": dict(failed or {}),
        "pictures": [["regions.png", "slice 1"], ["../../escape.png", "elsewhere"]],
    }  # fmt: skip
    path = folder / tool / "bin" / "python"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(STAND_IN.format(python=sys.executable, answer=answer, more=more))
    path.chmod(0o755)


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def tools(settings: Any, tmp_path: Path) -> Path:
    settings.PHANTOM_TOOLS = tmp_path / "tools"
    return tmp_path / "tools"


@pytest.fixture
def phantom(db: None, clock: Clock, tools: Path) -> tuple[World, Item, Series]:
    """A phantom of eleven slices, 3 T, T1 weighted, in a package that is handed in and given out."""
    world = build()
    world.given_out()
    clock(APRIL)
    item = (
        Item.objects.select_related("area", "collection", "package__case_file__case")
        .filter(kind="phantom")
        .order_by("pk")[0]
    )
    assert item.collection is not None
    series = item.collection.series.order_by("pk")[0]
    first = series.instances.order_by("pk")[0]
    series.instances.exclude(pk=first.pk).delete()
    for number, content in enumerate(synthetic(modality="MR", slices=11, phantom=True)):
        ds = dcmread(BytesIO(content))
        ds.MagneticFieldStrength, ds.RepetitionTime, ds.EchoTime = 3, 500, 20
        out = BytesIO()
        ds.save_as(out)
        out.seek(0)
        stored = STORE.put(out, limit=10**7)
        row = Instance.objects.get(pk=first.pk)
        row.pk, row.sha256, row.sop_instance_uid, row.number = None, stored.sha256, ds.SOPInstanceUID, number
        row.save()
    first.delete()
    Series.objects.filter(pk=series.pk).update(modality="MR", description="ACR T1")
    looked_at(item.package, APRIL)
    return world, item, series


def asked(world: World, item: Item) -> str:
    """The page of the pre-check as staff see it, after a worker has been there."""
    address = reverse("packages:precheck", args=[item.package_id, item.pk])
    staff = signed_in(world.staff)
    assert staff.post(address).status_code == 302
    for key in Precheck.objects.filter(run_at__isnull=True).values_list("pk", flat=True):
        phantoms.run(pk=key, now=APRIL)
    return address


def test_where_the_programs_are_not_installed_the_page_says_so(phantom: tuple[World, Item, Series]) -> None:
    world, item, _ = phantom
    address = asked(world, item)
    page = signed_in(world.admin).get(address)
    assertContains(page, "No pre-check runs here")
    assertContains(page, "bin/phantom-tools")
    assert not Precheck.objects.exists()


def test_both_programs_stand_beside_the_limits_and_each_other_for_the_facility_and_the_reader(
    phantom: tuple[World, Item, Series], tools: Path
) -> None:
    world, item, _ = phantom
    put(tools, "pylinac", BOTH)
    put(tools, "hazen", BOTH | {"slice-position": 6.25, "spokes": 12}, {"diameter": "It stopped (ValueError)."})
    page = signed_in(world.admin).get(asked(world, item))
    assertContains(page, "Outside the limit by one of them")
    assertContains(page, "The programs disagree", count=1)  # of spokes none is told: they are advice alone
    assertContains(page, "Advice only")
    assertContains(page, "190.20 mm")
    assertContains(page, "6.25 mm")
    assertContains(page, "the criteria in force from")
    assertContains(page, "Measured by hazen 9.9")
    assert PrecheckPicture.objects.count() == 2  # nothing from outside the folder of pictures

    reading = Assignment.objects.filter(area=item.area).order_by("pk")[0]
    reader = signed_in(reading.reviewer)
    sheet = reader.get(reverse("reviews:reading", args=[reading.pk]))
    assertContains(sheet, "Pre-check by programs")
    picture = PrecheckPicture.objects.order_by("pk")[0]
    own = reverse("reviews:precheck-picture", args=[reading.pk, picture.pk])
    assertContains(sheet, own)
    assert reader.get(own).headers["Content-Type"] == "image/png"
    theirs = reverse("packages:precheck-picture", args=[item.package_id, item.pk, picture.pk])
    assert signed_in(world.admin).get(theirs).status_code == 200
    assert reader.get(theirs).status_code == 404
    other = Assignment.objects.exclude(area=item.area).exclude(reviewer=reading.reviewer).order_by("pk")[0]
    wrong = reverse("reviews:precheck-picture", args=[other.pk, picture.pk])
    assert signed_in(other.reviewer).get(wrong).status_code == 404
    assertNotContains(
        signed_in(other.reviewer).get(reverse("reviews:reading", args=[other.pk])), "Pre-check by programs"
    )


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("sys.exit(3)", "stopped without an answer"),
        ("print('and more')", "no answer that can be read"),
    ],
)
def test_a_program_that_fails_says_so_and_takes_nothing_with_it(
    phantom: tuple[World, Item, Series], tools: Path, more: str, said: str
) -> None:
    world, item, _ = phantom
    put(tools, "pylinac", BOTH)
    put(tools, "hazen", BOTH, more=more)
    page = signed_in(world.admin).get(asked(world, item))
    assertContains(page, said)
    assertContains(page, "190.20 mm")


def test_what_can_not_be_analysed_says_why(phantom: tuple[World, Item, Series], tools: Path) -> None:
    world, item, series = phantom
    put(tools, "pylinac", {}, {"all": "It did not find the low contrast discs of slices 8 to 11."})
    page = signed_in(world.admin).get(asked(world, item))
    assertContains(page, "could not analyse this series. It did not find the low contrast discs")
    series.instances.filter(number__gt=3).delete()
    page = signed_in(world.admin).get(asked(world, item))
    assertContains(page, "the analysis asks for 11 or more")
    Series.objects.filter(pk=series.pk).update(modality="US")
    page = signed_in(world.admin).get(asked(world, item))
    assertContains(page, "No tool here knows phantoms of modality US")


def test_a_ct_phantom_is_measured_by_the_one_program_that_knows_it(
    phantom: tuple[World, Item, Series], tools: Path
) -> None:
    world, item, series = phantom
    Series.objects.filter(pk=series.pk).update(modality="CT")
    put(tools, "pylinac", {"ct-number-water": 1.5, "ct-number-air": -900.25, "cnr": 1.18})
    put(tools, "hazen", BOTH)
    page = signed_in(world.admin).get(asked(world, item))
    assertContains(page, "-900.25")
    assertContains(page, "Contrast to noise ratio")
    assertNotContains(page, "hazen")
