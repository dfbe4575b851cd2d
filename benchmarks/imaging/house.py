"""Run in a process of its own: fills an empty database with a CT package that waits for images, and prints what senders need."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime

import django


def tell() -> dict[str, object]:
    from django.conf import settings  # noqa: PLC0415 - after the settings are made
    from django.core.management import call_command  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.urls import reverse  # noqa: PLC0415

    from reaccredit.intake import actions as intake  # noqa: PLC0415
    from tests.packages.world import build  # noqa: PLC0415

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    call_command("migrate", verbosity=0)
    now, world = datetime.now(UTC), build()
    package = world.accepted(now)
    browser, *machines = package.items.filter(kind="exam").select_related("area", "collection")
    doors = [intake.open_door(package=package, item=one, name="Sender", actor=world.admin, now=now) for one in machines]
    client = Client()
    client.force_login(world.admin, backend="django.contrib.auth.backends.ModelBackend")
    return {
        "session": client.cookies["sessionid"].value, "upload": reverse("packages:item", args=[package.pk, browser.pk]),
        "key": doors[0].key, "title": doors[1].door.ae_title, "serial": world.unit.serial,
    }  # fmt: skip


if __name__ == "__main__":
    django.setup()
    sys.stdout.write(json.dumps(tell()))
