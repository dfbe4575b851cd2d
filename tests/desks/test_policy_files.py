"""A published revision can be taken away: itself, and in the forms that other tools read."""

from __future__ import annotations

import hashlib
import xml.etree.ElementTree as ET

import pytest
from django.urls import reverse

from reaccredit.desks.policy_views import FORMS
from reaccredit.ledger import queries as ledger

pytestmark = pytest.mark.django_db


def file_of(client, form, revision="2021-03-08", programme="diagnostic"):
    return client.get(reverse("desks:policy-file", args=[programme, revision, form]))


def test_the_page_of_a_policy_links_every_form_for_anybody(client):
    page = client.get(reverse("desks:policy"), {"revision": "2021-03-08"}).text
    for form in FORMS:
        answer = file_of(client, form.ending)
        assert f'href="{answer.request["PATH_INFO"]}"' in page
        assert answer.status_code == 200
        assert answer["Content-Disposition"] == f'attachment; filename="diagnostic-2021-03-08.{form.ending}"'
        assert answer["Content-Type"].startswith(form.media)


def test_the_policy_itself_is_the_published_file_byte_for_byte(client):
    revision = ledger.published("diagnostic")["2021-03-08"]
    assert hashlib.sha256(file_of(client, "toml").content).hexdigest() == revision.sha256


def test_what_other_tools_read_is_xml_of_their_kind(client):
    assert ET.fromstring(file_of(client, "scxml").content).tag == "{http://www.w3.org/2005/07/scxml}scxml"
    assert (
        ET.fromstring(file_of(client, "dmn").content).tag == "{https://www.omg.org/spec/DMN/20191111/MODEL/}definitions"
    )


@pytest.mark.parametrize(
    ("form", "revision", "programme"),
    [("exe", "2021-03-08", "diagnostic"), ("dmn", "2001-01-01", "diagnostic"), ("dmn", "2021-03-08", "nothing")],
)
def test_what_is_not_published_is_not_there(client, form, revision, programme):
    assert file_of(client, form, revision, programme).status_code == 404
