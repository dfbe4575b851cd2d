"""Run in a process of its own: an area that a reader has been given to read, with one long series in it; prints what the runs need."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import django


def tell(folder: Path) -> dict[str, object]:
    from django.conf import settings  # noqa: PLC0415 - after the settings are made
    from django.core.management import call_command  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.urls import reverse  # noqa: PLC0415
    from pydicom import dcmread  # noqa: PLC0415

    from reaccredit.imaging import actions as imaging  # noqa: PLC0415
    from reaccredit.imaging.checks import Expectation  # noqa: PLC0415
    from reaccredit.imaging.models import Series  # noqa: PLC0415
    from reaccredit.imaging.storage import STORE  # noqa: PLC0415
    from reaccredit.people.queries import code  # noqa: PLC0415
    from reaccredit.reviews.models import Assignment  # noqa: PLC0415
    from tests.packages.world import APRIL, looked_at  # noqa: PLC0415
    from tests.reviews.world import HEAD, build  # noqa: PLC0415

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    call_command("migrate", verbosity=0)
    world = build()
    world.given_out()
    short = Series.objects.filter(collection__item__area__code=HEAD)[0]
    patient = dcmread(STORE.path(short.instances.all()[0].sha256), stop_before_pixels=True)
    files = sorted(folder.iterdir())
    for path in files:  # the same patient as the rest of the exam
        ds = dcmread(path)
        for keyword in ("PatientID", "PatientName", "PatientBirthDate", "PatientSex"):
            setattr(ds, keyword, patient.get(keyword, ""))
        ds.save_as(path)
    opened = [(path.name, path.open("rb")) for path in files]
    told = imaging.receive(
        collection=short.collection, files=opened, expectation=Expectation(), actor=code(world.admin), now=APRIL
    )
    for _, stream in opened:
        stream.close()
    assert len(told.accepted) == len(files), told.refused[:1]
    looked_at(short.collection.item.package, APRIL)
    long = short.collection.series.exclude(pk=short.pk).get()
    reading = Assignment.objects.get(reviewer=world.radiologists[0], area__code=HEAD)
    client = Client()
    client.force_login(reading.reviewer, backend="django.contrib.auth.backends.ModelBackend")
    images = list(long.instances.order_by("number"))
    return {
        "session": client.cookies["sessionid"].value, "series": long.pk,
        "page": reverse("reviews:reading", args=[reading.pk]) + f"?image={images[0].pk}", "viewer": reverse("looking:series", args=[long.pk]),
        "frames": [reverse("looking:numbers", args=[long.pk, one.pk, 1]) for one in images],
        "files": [str(STORE.path(one.sha256)) for one in images],
    }  # fmt: skip


if __name__ == "__main__":
    django.setup()
    sys.stdout.write(json.dumps(tell(Path(sys.argv[1]))))
