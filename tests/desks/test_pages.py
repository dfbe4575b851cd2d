"""Everybody finds their own cases, whose turn it is and until when; nobody finds what is not theirs."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reaccredit.desks.reminders import remind
from reaccredit.ledger import publishing
from reaccredit.ledger.actions import refresh_due
from reaccredit.notices.models import Notice
from reaccredit.packages import actions as packages
from reaccredit.people.queries import code
from reaccredit.project.wiring import spread
from reaccredit.repeats.models import Repeat
from tests.options.world import APRIL, BRAIN, DAY, HOUR, fill

FORM_OPEN = APRIL + 2 * DAY


def look(client, person, name, *args, **query):
    client.force_login(person)
    return client.get(reverse(name, args=args), query)


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_home_puts_what_waits_for_the_facility_first(client, world, clock):
    report = world.viewed([BRAIN])
    clock(FORM_OPEN)
    page = words(look(client, world.admin, "desks:home"))
    assert report.case_file.case.number in page
    assert "Your facility's turn" in page
    assert "1st deficiency" in page


def test_a_case_says_what_the_form_still_waits_for(client, world, clock):
    report = world.failed([BRAIN], medium="cd")
    clock(FORM_OPEN)
    page = words(look(client, world.admin, "desks:case", report.case_file.case.number))
    assert "Waiting for the programme&#x27;s staff" in page or "Waiting for the programme's staff" in page
    assert "The form opens 48 hours after “Images returned to the facility”, which is not recorded." in page


def test_a_newcomer_is_shown_where_to_begin(client, world, clock):
    clock(APRIL)
    assert "No case yet" in words(look(client, world.admin, "desks:home"))


@pytest.mark.parametrize(
    ("who", "page"), [("staff", "desks:queue"), ("arbitrator", "appeals:arbitrations")], ids=["staff", "arbitrator"]
)
def test_the_programmes_people_start_at_their_own_desk(client, world, clock, who, page):
    clock(APRIL)
    assert look(client, getattr(world, who), "desks:home").headers["Location"] == reverse(page)


def test_the_queue_is_the_staffs(client, world, clock):
    clock(APRIL)
    assert look(client, world.admin, "desks:queue").status_code == 404


def test_the_queue_shows_what_waits_for_staff_and_moves_with_the_clock(client, world, clock):
    report = world.viewed([BRAIN])
    number = report.case_file.case.number
    clock(FORM_OPEN)
    assert number not in words(look(client, world.staff, "desks:queue"))
    assert number in words(look(client, world.staff, "desks:queue", turn="facility"))
    clock(FORM_OPEN + 30 * DAY)
    assert number in words(look(client, world.staff, "desks:queue"))
    assert refresh_due(now=FORM_OPEN + 30 * DAY) == 1
    assert number not in words(look(client, world.staff, "desks:queue", turn="facility"))


def test_the_queue_is_searched_by_number_facility_or_unit(client, world, clock):
    number = world.viewed([BRAIN]).case_file.case.number
    clock(FORM_OPEN)
    assert number in words(look(client, world.staff, "desks:queue", turn="all", search=number))
    assert "Nothing waits here" in words(look(client, world.staff, "desks:queue", turn="all", search="no such place"))


def test_a_nul_in_an_address_is_refused_before_anybody_asks_the_database(client, world, clock):
    clock(FORM_OPEN)
    assert look(client, world.staff, "desks:queue", search="a\x00b").status_code == 400


def test_the_case_page_has_one_next_step_for_whoever_has_the_turn(client, world, clock):
    report = world.failed([BRAIN])
    number = report.case_file.case.number
    clock(APRIL + HOUR)
    assert "Open the final report" in words(look(client, world.admin, "desks:case", number))
    assert "Open the final report" not in words(look(client, world.arbitrator, "desks:case", number))


@pytest.mark.parametrize("who", ["arbitrator", "judge_physicist"])
def test_a_case_of_somebody_else_is_not_there(client, world, clock, who):
    number = world.viewed([BRAIN]).case_file.case.number
    clock(FORM_OPEN)
    assert look(client, getattr(world, who), "desks:case", number).status_code == 404


def test_the_facility_never_reads_who_reviewed(client, world, clock):
    number = world.viewed([BRAIN]).case_file.case.number
    clock(FORM_OPEN)
    facility, staff = (words(look(client, who, "desks:case", number)) for who in (world.admin, world.staff))
    for reader in (*world.radiologists, *world.physicists):
        assert reader.name not in facility
    assert "Reader assigned" not in facility
    assert "Reader assigned" in staff
    assert "Final report viewed" in facility


def test_the_way_of_a_case_has_no_option_that_its_modality_does_not_allow(client, world, clock):
    whole, leaves = world.viewed([BRAIN]), world.reported({"chest/adult": ""})
    clock(APRIL + 3 * DAY)
    ways = [
        words(look(client, world.staff, "desks:case", r.case_file.case.number)).split("From here:")[1]
        for r in (whole, leaves)
    ]
    assert ["Withdraw module or patient type" in way.split("Papers")[0] for way in ways] == [True, False]
    assert ["Withdraw from accreditation" in way for way in ways] == [True, True]


def test_the_timeline_names_the_clause(client, world, clock):
    number = world.viewed([BRAIN]).case_file.case.number
    clock(FORM_OPEN)
    assert "Under which clause" in words(look(client, world.admin, "desks:case", number))


class TestThePolicyPage:
    def test_it_says_what_the_data_say(self, client, db):
        page = words(client.get(reverse("desks:policy"), {"revision": "2021-03-08"}))
        assert "48 hours after" in page
        assert "15 days after it opens" in page
        assert "does not govern mammography and radiation oncology" in page

    def test_it_shows_what_is_assumed_and_where_the_article_is_silent(self, client, db):
        page = words(client.get(reverse("desks:policy"), {"revision": "2021-03-08"}))
        assert "The article does not say what follows a missed due date" in page
        assert "Assumed" in page

    def test_a_revision_that_does_not_exist_is_not_there(self, client, db):
        assert client.get(reverse("desks:policy"), {"revision": "2001-01-01"}).status_code == 404

    def test_the_revision_history_comes_from_the_policy(self, client, db):
        page = words(client.get(reverse("desks:revisions")))
        assert "Note added: no protected health information" in page

    def test_frequent_deficiencies_come_from_the_reviewers_catalogue(self, client, db):
        assert client.get(reverse("desks:frequent-deficiencies")).status_code == 200


class TestTelling:
    def test_the_facility_is_told_of_a_report_without_its_result(self, world, clock):
        report = world.failed([BRAIN])
        clock(APRIL + HOUR)
        spread(report.fact)
        told = Notice.objects.filter(recipient=code(world.admin))
        assert [n.subject for n in told if "report" in n.subject] == [
            f"Final report issued, case {report.case_file.case.number}"
        ]
        assert not any("not passed" in n.body.lower() or "acceptable" in n.body for n in told)

    @pytest.mark.parametrize(
        ("option", "said"),
        [
            ("appeal", "Appeal letter, signed by the supervising physician."),
            ("withdraw-module", "Withdraw module/patient type form, signed by the supervising physician."),
            ("withdraw", "Removal of all accreditation signage."),
        ],
    )
    def test_what_a_choice_leaves_to_be_signed_or_done_is_told(self, client, world, clock, option, said):
        report = world.viewed([BRAIN])
        clock(FORM_OPEN)
        world.select(report, option, FORM_OPEN, areas=[BRAIN])
        case = report.case_file.case
        spread(case.facts.get(kind=f"option.{option}"))
        told = Notice.objects.get(recipient=code(world.physician), subject__startswith="Something is owed")
        assert told.body == f"Case {case.number}: {said}"
        assert case.number in words(look(client, world.admin, "desks:home")).split("Ended")[0]

    def test_being_called_twice_tells_nobody_twice(self, world, clock):
        report = world.failed([BRAIN])
        clock(APRIL + HOUR)
        spread(report.fact)
        before = Notice.objects.count()
        spread(report.fact)
        assert Notice.objects.count() == before

    def test_readers_are_told_without_the_number_of_the_case(self, world, clock):
        report = world.failed([BRAIN])
        clock(APRIL + HOUR)
        number = report.case_file.case.number
        for fact in report.case_file.case.facts.filter(kind="review.assigned"):
            spread(fact)
        for reader in (*world.radiologists, *world.physicists):
            for notice in Notice.objects.filter(recipient=code(reader)):
                assert notice.case is None
                assert number not in notice.subject + notice.body + notice.link

    def test_whoever_has_the_turn_is_reminded_once_of_a_deadline(self, world, clock):
        world.viewed([BRAIN])
        due_tomorrow = FORM_OPEN + 14 * DAY
        clock(due_tomorrow)
        Notice.objects.all().delete()
        assert remind(now=due_tomorrow, days=3) == 1
        assert remind(now=due_tomorrow, days=3) == 0
        assert Notice.objects.filter(recipient=code(world.admin), subject__startswith="Reminder").count() == 1


def test_staff_read_of_which_area_each_reading_was(client, world, clock):
    number = world.viewed([BRAIN]).case_file.case.number
    clock(FORM_OPEN)
    shown = words(look(client, world.staff, "desks:case", number))
    assert "Reading submitted: Head/neck" in shown
    assert "Reader assigned: Spine" in shown


def test_the_package_of_a_repeat_leads_staff_to_a_review_of_its_own(client, world, clock):
    report = world.viewed([BRAIN])
    world.select(report, "repeat", FORM_OPEN)
    application = Repeat.objects.get().application
    world.waiting(application, FORM_OPEN + DAY)
    package = packages.accept(application=application, actor=world.staff, now=FORM_OPEN + DAY)
    fill(package, world.admin, FORM_OPEN + DAY)
    packages.submit(package=package, actor=world.admin, now=FORM_OPEN + DAY)
    clock(FORM_OPEN + 2 * DAY)
    page = look(client, world.staff, "desks:case", report.case_file.case.number).content.decode()
    assert reverse("reviews:open", args=[package.pk]) in page
    assert "Look after the readings" not in page


class TestThePolicyAsAnArticle:
    """The page is written from the revision alone: each sentence has its clauses as footnotes, and each footnote its clause."""

    def article(self, client, revision="2021-03-08"):
        return client.get(reverse("desks:policy"), {"revision": revision}).content.decode()

    def test_every_footnote_leads_to_a_clause_on_the_page(self, client, db):
        page = self.article(client)
        notes = set(re.findall(r'<sup class="note"><a href="#([^"]+)"', page))
        assert notes
        assert notes <= set(re.findall(r'id="([^"]+)"', page))

    def test_every_option_says_its_steps_and_where_it_is_offered(self, client, db):
        page = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", self.article(client)))
        assert "Choose “Appeal” while the form is open, with: Option form with attestation." in page
        assert (
            "signed by the supervising physician (clinical areas) or signed by the medical physicist (phantom areas)"
            in page
        )
        assert "“Appeal upheld by the arbitrator”: Accredited when no area is left deficient, else Option form." in page
        assert "Offered at: 1st deficiency; 2nd deficiency (= 1st failure)" in page

    def test_a_revision_is_held_against_the_one_before_clause_by_clause(self, client, db):
        assert "clause by clause" in self.article(client)
        assert "clause by clause" not in self.article(client, "2019-12-12")

    def test_two_revisions_are_compared_by_what_a_case_meets_otherwise(self, client, db, settings):
        settings.ADOPTED = None
        page = reverse("desks:compare")
        shown = words(client.get(page, {"old": "2020-09-21", "new": "2021-03-08"}))
        assert "The shortest story that shows it" in shown
        assert "Final report issued: not passed (" in shown
        assert "Both are the same revision" in words(client.get(page, {"old": "2021-03-08", "new": "2021-03-08"}))
        assert client.get(page, {"old": "1999-01-01"}).status_code == 404

    def test_the_page_of_a_programme_without_a_policy_is_not_there(self, client, db):
        assert client.get(reverse("desks:policy"), {"programme": "../../etc"}).status_code == 404

    def test_the_article_asks_the_database_only_which_revisions_there_are(self, client, db):
        with CaptureQueriesContext(connection) as queries:
            self.article(client)
        assert [q["sql"] for q in queries] == [publishing.NEWEST]
