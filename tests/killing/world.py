"""Run in a process of its own: fills an empty database with a case that may choose an option and a package that waits for
images, and prints what a browser of its administrator needs to go on."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from pathlib import Path

import django


def tell(folder: Path) -> dict[str, object]:
    from django.conf import settings  # noqa: PLC0415 - after the settings are made
    from django.core.management import call_command  # noqa: PLC0415 - after the settings are made
    from django.db import connection  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.urls import reverse  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from reaccredit.applications import actions as applications  # noqa: PLC0415
    from reaccredit.facilities import actions as facilities  # noqa: PLC0415
    from reaccredit.intake import actions as intake  # noqa: PLC0415
    from reaccredit.options.models import Draft  # noqa: PLC0415
    from tests.options.test_pages import GOOD  # noqa: PLC0415
    from tests.options.world import BRAIN, EXAMS, build, mr_images  # noqa: PLC0415

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick: nobody signs in with one
    if connection.vendor == "sqlite":
        connection.cursor().execute("PRAGMA synchronous=OFF")  # nor is this process the one that is killed
    call_command("migrate", verbosity=0)
    now = timezone.now()
    world = build()
    report = world.viewed([BRAIN], now - timedelta(days=5))
    unit = facilities.add_unit(facility=world.facility, modality="MRI", name="MR 2", serial="DEMO-MR-8")
    made = applications.draft(
        facility=world.facility, unit=unit, modality="MRI", areas=list(EXAMS), exams=EXAMS, actor=world.admin, now=now
    )
    item = world.through(made, now).items.filter(kind="exam").select_related("collection")[0]
    for number, content in enumerate(mr_images(item, now, serial="DEMO-MR-8", slices=6), 1):
        (folder / f"image{number}.dcm").write_bytes(content)
    door = intake.open_door(package=item.package, item=item, name="PACS", actor=world.admin, now=now).door
    browser = Client()
    browser.force_login(world.admin, backend="django.contrib.auth.backends.ModelBackend")
    form = reverse("options:form", args=[report.pk, "repeat"])
    answered = browser.post(form, GOOD | {"name": world.admin.name, "role": "administrator"})
    assert answered.status_code == 302, answered.content
    return {
        "session": browser.cookies["sessionid"].value, "token": str(Draft.objects.get().token), "confirm": answered["Location"],
        "upload": reverse("packages:item", args=[item.package_id, item.pk]), "collection": item.collection.pk, "title": door.ae_title,
    }  # fmt: skip


if __name__ == "__main__":
    django.setup()
    sys.stdout.write(json.dumps(tell(Path(sys.argv[1]))))
