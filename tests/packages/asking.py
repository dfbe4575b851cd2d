"""How the tests of this room ask its pages."""

from __future__ import annotations

from collections.abc import Callable

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from reaccredit.packages.models import Item, Package
from reaccredit.people.models import Person

As = Callable[[Person], Client]


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def item(package: Package, area: str | None, code: str) -> Item:
    found = package.items.select_related("area", "collection").get(area__code=area, code=code)
    found.package = package
    return found


def at(name: str, *keys: object) -> str:
    return reverse(f"packages:{name}", args=keys)


def page(client: Client, name: str, *keys: object, status: int = 200) -> str:
    answer = client.get(at(name, *keys))
    assert answer.status_code == status
    return answer.content.decode()


def upload(*files: bytes) -> list[SimpleUploadedFile]:
    return [SimpleUploadedFile(f"image{n}.dcm", content) for n, content in enumerate(files, 1)]
