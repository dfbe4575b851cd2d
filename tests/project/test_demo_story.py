"""The demo programme holds every interesting situation, was made by the rules, and means nobody."""

from __future__ import annotations

import re
import zipfile
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client, override_settings
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from reaccredit.applications.models import CaseFile
from reaccredit.certificates.models import Certificate
from reaccredit.desks.chores import READER, with_chores
from reaccredit.facilities.models import Facility
from reaccredit.imaging.models import Refusal
from reaccredit.ledger import queries as ledger
from reaccredit.ledger.models import Outbox
from reaccredit.notices.models import Notice
from reaccredit.packages import queries as packages
from reaccredit.people.models import Person
from reaccredit.policy import Decision
from reaccredit.project import demo_clock, demo_signins
from reaccredit.project.demo import samples_folder
from reaccredit.project.demo_folder import DemoFolder
from reaccredit.project.demo_story.situations import SITUATIONS
from reaccredit.reviews import queries as reviews
from reaccredit.surveys.models import Survey
from tests.project.conftest import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("story")]  # told once, by one worker


# Facility and unit (or modality, where the facility itself is accredited): stage, holder.
STANDINGS = {
    ("Harbor Demo Imaging", "CT 1"): ("deciding", "facility"),
    ("Harbor Demo Imaging", "CT 2"): ("deciding", "facility"),
    ("Harbor Demo Imaging", "MR 1"): ("appealing", "facility"),
    ("Harbor Demo Imaging", "MR 2"): ("granted", ""),
    ("Harbor Demo Imaging", "Gamma camera 1"): ("testing", "facility"),
    ("Harbor Demo Imaging", "PET 1"): ("deciding", "facility"),
    ("Lakeside Demo Radiology", "CT 1"): ("reviewing", "reviewer"),
    ("Lakeside Demo Radiology", "CT 2"): ("deciding", "facility"),
    ("Lakeside Demo Radiology", "MR 1"): ("reviewing", "reviewer"),
    ("Lakeside Demo Radiology", "Gamma camera 1"): ("appealing", "arbitrator"),
    ("Lakeside Demo Radiology", "PET 1"): ("reporting", "staff"),
    ("Lakeside Demo Radiology", "US"): ("deciding", "facility"),
    ("Mesa Demo Clinic", "CT 1"): ("testing", "facility"),
    ("Mesa Demo Clinic", "MR 1"): ("deciding", "staff"),
    ("Mesa Demo Clinic", "Gamma camera 1"): ("deciding", "facility"),
    ("Mesa Demo Clinic", "PET 1"): ("accepting", "staff"),
    ("Mesa Demo Clinic", "US"): ("granted", ""),
    ("Prairie Demo Hospital", "CT 1"): ("referred", "staff"),
    ("Prairie Demo Hospital", "MR 1"): ("correcting", "facility"),
    ("Prairie Demo Hospital", "Gamma camera 1"): ("surveying", "survey-team"),
    ("Prairie Demo Hospital", "PET 1"): ("undefined", "staff"),
    ("Prairie Demo Hospital", "US"): ("testing", "facility"),
    ("Summit Demo Women's Imaging", "BUS"): ("withdrawn", ""),
    ("Summit Demo Women's Imaging", "US"): ("granted", ""),
}


@pytest.fixture(autouse=True)
def own_folder(programme: Path) -> Path:
    """The files that the programme was loaded with stay for all tests of this file."""
    return programme


def case_of(facility: str, unit: str) -> CaseFile:
    files = CaseFile.objects.select_related("case", "unit").filter(facility__name=facility)
    return files.get(unit__name=unit) if " " in unit else files.get(unit__isnull=True, modality=unit)


def standing(facility: str, unit: str) -> Decision:
    return ledger.decision(case_of(facility, unit).case, demo_clock.now())


@pytest.mark.parametrize(("facility", "unit"), STANDINGS)
def test_each_case_stands_where_the_story_left_it(facility: str, unit: str) -> None:
    found = standing(facility, unit)
    assert (found.standing.stage, "" if found.ended else found.holder) == STANDINGS[facility, unit]


def test_no_case_is_left_out_of_the_table() -> None:
    assert CaseFile.objects.count() == len(SITUATIONS) == len(STANDINGS) + 1  # mammography has no standing


def test_mammography_is_not_governed() -> None:
    assert ledger.not_governed(case_of("Summit Demo Women's Imaging", "Mammography 1").case)


def test_a_form_is_not_open_yet_and_another_is_due_tomorrow() -> None:
    early, due = standing("Harbor Demo Imaging", "CT 1"), standing("Harbor Demo Imaging", "CT 2")
    assert not early.options
    assert {r.kind for r in early.refused.values()} == {"too-early", "not-offered"}
    assert due.term
    assert due.term.due
    last_day = (due.term.due - timedelta(seconds=1)).astimezone(ledger.policy_for("diagnostic").zone).date()
    assert last_day == demo_clock.now().astimezone(ledger.policy_for("diagnostic").zone).date() + timedelta(days=1)
    assert "appeal" in due.refused  # its own fifteen days are over


def test_one_form_can_be_answered_with_every_option() -> None:
    offered = [o.id for o in standing("Lakeside Demo Radiology", "CT 2").options]
    assert offered == ["repeat", "appeal", "withdraw-module", "withdraw"]


def test_a_report_waits_to_be_viewed() -> None:
    refused = standing("Lakeside Demo Radiology", "US").refused
    assert refused["repeat"].kind == "waiting"


@pytest.mark.parametrize(
    ("facility", "unit", "number", "options"),
    [
        ("Harbor Demo Imaging", "PET 1", 1, ["repeat", "withdraw-module", "withdraw"]),
        ("Mesa Demo Clinic", "Gamma camera 1", 2, ["reinstate", "appeal", "withdraw-module", "withdraw"]),
        ("Prairie Demo Hospital", "Gamma camera 1", 3, []),
        ("Prairie Demo Hospital", "PET 1", 4, []),
    ],
)
def test_every_deficiency_of_the_article_is_there(facility: str, unit: str, number: int, options: list[str]) -> None:
    found = standing(facility, unit)
    assert (found.standing.count("deficiency"), [o.id for o in found.options]) == (number, options)


def test_a_package_says_of_each_cross_why() -> None:
    package = case_of("Harbor Demo Imaging", "Gamma camera 1").packages.get()
    ticks = packages.ticks([package])[package.pk]
    assert [t.done for t in ticks].count(True) == 3
    assert {t.why.partition(".")[0] for t in ticks if not t.done} == {
        "No images were sent yet", "An answer is missing: Smallest bars resolved"
    }  # fmt: skip


def test_the_same_patient_was_refused_in_a_repeat() -> None:
    refusals = Refusal.objects.filter(collection__item__package__case_file=case_of("Mesa Demo Clinic", "CT 1"))
    assert set(refusals.values_list("code", "clause")) == {("same-patient", "repeat.patient")}


def test_readers_disagree_in_one_area_and_wait_for_each_other_in_another_case() -> None:
    split = case_of("Lakeside Demo Radiology", "CT 1").rounds.get()
    assert [area.code for area in reviews.disagreements(split)] == ["chest/adult"]
    half = case_of("Lakeside Demo Radiology", "MR 1").rounds.get()
    assert {(a.position, a.submitted_at is not None) for a in half.assignments.all()} == {(1, True), (2, False)}


def test_what_is_owed_says_what_comes_next() -> None:
    owed = {
        key: {d.material.id for d in standing(*key).duties if not d.met}
        for key in (
            ("Prairie Demo Hospital", "US"),
            ("Prairie Demo Hospital", "Gamma camera 1"),
            ("Summit Demo Women's Imaging", "BUS"),
        )
    }
    assert [*owed.values()] == [
        {"corrective-action-evidence", "reinstatement-application"}, {"survey-travel"}, {"signage-removal"}
    ]  # fmt: skip


def test_a_survey_lies_ahead_with_its_team() -> None:
    survey = Survey.objects.get(case_file=case_of("Prairie Demo Hospital", "Gamma camera 1"))
    assert survey.starts_on
    assert survey.starts_on > demo_clock.now().date()
    assert survey.team.count() == 3


def test_who_was_accredited_has_a_certificate() -> None:
    names = set(Certificate.objects.values_list("case_file__facility__name", "case_file__modality"))
    assert names == {
        ("Harbor Demo Imaging", "MRI"), ("Mesa Demo Clinic", "US"), ("Summit Demo Women's Imaging", "US")
    }  # fmt: skip


def test_a_newcomer_can_apply_from_the_start() -> None:
    newcomer = Facility.objects.get(name="Valley Demo Imaging")
    assert not newcomer.units.exists()
    assert not newcomer.case_files.exists()
    assert newcomer.personnel.filter(role="administrator").exists()


def test_every_history_is_whole() -> None:
    said = StringIO()
    call_command("ledger_verify", stdout=said)
    assert f"{len(SITUATIONS)} histories hold" in said.getvalue()


def test_all_that_happened_lies_in_the_past_and_in_order() -> None:
    now = demo_clock.now()
    for file in CaseFile.objects.select_related("case"):
        recorded = list(file.case.facts.order_by("seq").values_list("recorded_at", flat=True))
        assert recorded == sorted(recorded)
        assert recorded[-1] < now


def test_nobody_in_it_is_real() -> None:
    for person in Person.objects.all():
        assert re.fullmatch(r"Demo [A-Z][a-z]+ [A-Z][a-z]+", person.name)
        assert person.email.endswith("@example.org")
        assert person.is_demo
        assert person.headline
    assert all(" Demo " in f.name and f.street.endswith("Demo Street") for f in Facility.objects.all())


def test_one_password_opens_every_account() -> None:
    hashes = set(Person.objects.values_list("password", flat=True))
    assert len(hashes) == 1
    assert Person.objects.get(email="staff.aspen@example.org").check_password(PASSWORD)


def test_a_new_demo_sends_nobody_old_news() -> None:
    # The draft of a policy is examined by the worker, as any draft is.
    assert not DBTaskResult.objects.exclude(task_path="reaccredit.workbench.tasks.examine").exists()
    assert not Outbox.objects.filter(done_at__isnull=True).exists()
    assert not Notice.objects.filter(mailed_at__isnull=True).exists()
    assert Notice.objects.filter(read_at__isnull=True).exists()


def test_demo_data_go_into_an_empty_database_alone() -> None:
    with pytest.raises(CommandError, match="already"):
        call_command("demo_data")
    with override_settings(DEMO=False), pytest.raises(CommandError, match="reaccredit demo"):
        call_command("demo_data")


def test_the_terminal_says_who_can_sign_in_and_where_the_files_are() -> None:
    said = "\n".join(demo_signins.lines())
    assert PASSWORD in said
    assert "arbitrator.juniper@example.org" in said
    assert str(samples_folder()) in said


def test_files_to_upload_lie_in_the_folder() -> None:
    number = case_of("Harbor Demo Imaging", "MR 1").case.number
    with zipfile.ZipFile(samples_folder() / f"{number}, omitted sequence of the original exam.zip") as archive:
        assert all(archive.read(name)[128:132] == b"DICM" for name in archive.namelist())


def test_the_demo_goes_by_the_revision_of_march_2021(tmp_path: Path) -> None:
    demo = DemoFolder(tmp_path)
    assert demo.environment()["REACCREDIT_ADOPTED"] == "2021-03-08"
    assert {standing(*key).receipt.revision for key in STANDINGS} == {date(2021, 3, 8)}


def test_everybody_has_a_home_and_staff_see_every_case() -> None:
    for person in Person.objects.all():
        client = Client()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        assert client.get("/", follow=True).status_code == 200, person.name
    client.force_login(
        Person.objects.get(email="staff.aspen@example.org"), backend="django.contrib.auth.backends.ModelBackend"
    )
    for number in CaseFile.objects.values_list("case__number", flat=True):
        assert client.get(reverse("desks:case", args=[number])).status_code == 200, number


def test_the_staffs_queue_names_the_case_whose_readers_do_not_agree() -> None:
    files = with_chores(CaseFile.objects.select_related("case"))
    (waiting,) = [file for file in files if file.lacks_reader or file.lacks_arbitrator]
    assert waiting.lacks_reader
    case = waiting.case
    client = Client()
    client.force_login(Person.objects.filter(programme_roles__role="staff").first())
    page = client.get(reverse("desks:queue")).content.decode()
    assert case.number in page
    assert READER in page


def test_who_withdrew_still_owes_the_signage() -> None:
    file = CaseFile.objects.get(facility__name__startswith="Summit", modality="BUS")
    client = Client()
    client.force_login(Person.objects.filter(posts__facility=file.facility).first())
    page = client.get(reverse("desks:case", args=[file.case.number])).content.decode()
    assert "something is still owed" in page
