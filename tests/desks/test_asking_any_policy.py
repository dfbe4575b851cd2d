"""The questions of the public page come from any policy: nothing on it knows a fact, a stage or an outcome by its name."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from reaccredit.desks import asking_policy
from reaccredit.ledger import queries as ledger
from reaccredit.policy import Policy, shelf
from tests.desks.asking import card, complaint, words


@pytest.fixture(autouse=True)
def everything_adopted(settings, db):
    settings.ADOPTED = None


SHELF = {name: Policy.load(shelf.SHELF / name) for name in shelf.programmes(shelf.SHELF)}
EVERY_REVISION = [(name, r) for name, policy in SHELF.items() for r in policy.revisions]
NAMED = [f"{name} {r.revision}" for name, r in EVERY_REVISION]


def reached(policy, rev, noon):
    """Every situation of a revision with the standing in which its history ends, at dates far apart."""
    told = tuple((t.id, t.default) for t in asking_policy.traits(rev))
    for one in asking_policy.situations(rev, told):
        needed = (q.kind for q in one.questions if q.required)
        dates = {kind: noon + timedelta(days=60 * n) for n, kind in enumerate(needed)}
        found = asking_policy.history(policy, rev, one, asking_policy.Answers(dates, told))
        yield one, found.policy.decide(found.facts, at=found.facts[-1].at)


class TestTheQuestions:
    """They come from the revision: nothing here knows a fact by its name."""

    @pytest.mark.parametrize(("programme", "rev"), EVERY_REVISION, ids=NAMED)
    @pytest.mark.parametrize("month", [3, 11, 12])
    def test_every_situation_can_be_reached_at_any_date(self, programme, rev, month):
        policy = ledger.published(programme)
        noon = datetime(rev.in_force.year + 1, month, 13, 12, tzinfo=policy.zone)
        every = list(reached(policy, rev, noon))
        assert every
        for one, decided in every:
            assert rev.stages[decided.standing.stage].asks
            assert "+".join(sorted(decided.standing.marks)) == one.since.replace("nothing", "")

    @pytest.mark.parametrize("programme", SHELF)
    def test_every_programme_is_answered_before_a_date_is_told(self, client, programme):
        answer = client.get(reverse("desks:what-are-my-options"), {"programme": programme})
        assert answer.status_code == 200
        assert "what the policy offers" in words(answer)


class TestAnotherProgramme:
    CERTIFICATE = {
        "programme": "mammography", "asked": "mammography", "stands": "deciding.not-granted.1", "since": "nothing", "trait-medium": "upload",
        "areas": "clinical", "on-report-failed": "2024-03-04", "on-report-viewed": "2024-03-04", "as-of": "2024-03-08",
    }  # fmt: skip

    def test_a_day_that_another_authority_sets_is_asked_for_and_decides_what_is_offered(self, client):
        page = reverse("desks:what-are-my-options")
        far = client.get(page, {**self.CERTIFICATE, "day-certificate-expiry": "2024-09-30"})
        near = client.get(page, {**self.CERTIFICATE, "day-certificate-expiry": "2024-03-20"})
        unknown = client.get(page, self.CERTIFICATE)
        assert (bool(card(far, "repeat")), bool(card(far, "reinstate"))) == (True, False)
        assert (bool(card(near, "repeat")), bool(card(near, "reinstate"))) == (False, True)
        assert not card(unknown, "repeat")
        assert card(unknown, "appeal")

    def test_outcomes_tell_situations_apart_where_nothing_is_counted(self, client):
        asked = {
            "programme": "radiation-oncology", "asked": "radiation-oncology", "stands": "responding.denied", "since": "nothing",
            "on-report-issued": "2024-03-01", "on-report-received": "2024-03-04", "as-of": "2024-03-10",
        }  # fmt: skip
        answer = client.get(reverse("desks:what-are-my-options"), asked)
        assert "through Wednesday 3 April 2024, midnight EDT" in card(answer, "appeal")
        assert "Denied" in words(answer)


VASCULAR = """
schema = 2
policy = "vascular-testing"
title = "After a decision that was not Granted"
source = "Invented for this test"
seen = "whole"
revision = 2024-01-01
in_force = 2024-01-01
zone = "America/Denver"
start = "applying"
[object]
is = "site"
title = "Testing site"
cites = ["a"]
[governs]
by = "case"
cites = ["a"]
[days]
count = "exclude-first"
last = "included"
roll = "next-business-day"
month_end = "clip"
calendar = "office"
cites = ["a"]
[calendar.office]
weekend = ["saturday", "sunday"]
yearly = ["07-04"]
cites = ["a"]
[outcome.delayed]
title = "Delayed"
accredited = false
appealable = false
interim = true
cites = ["a"]
[outcome.denied]
title = "Denied"
accredited = false
appealable = true
cites = ["a"]
[fact."decision.made"]
title = "Board decision"
by = "board"
tells = "outcome"
values = ["delayed", "denied"]
needs = ["outcome"]
[fact."answer.given"]
title = "Answer of the board"
by = "board"
[counter.submission]
title = "submission"
names = ["first submission", "second submission"]
limit = 2
cites = ["a"]
[stage.applying]
title = "Application"
holder = "facility"
cites = ["a"]
[stage.applying.moves."decision.made/delayed"]
to = "choosing"
decides = "delayed"
cites = ["a"]
[stage.applying.moves."decision.made/denied"]
to = "choosing"
decides = "denied"
cites = ["a"]
[stage.choosing]
title = "What next"
holder = "facility"
asks = true
cites = ["a"]
[stage.choosing.due]
within = "P10B"
from = ["decision.made"]
cites = ["a"]
[stage.choosing.overdue]
to = "closed"
cites = ["a"]
[stage.waiting]
title = "With the board"
holder = "board"
cites = ["a"]
[stage.waiting.moves."answer.given"]
to = "closed"
cites = ["a"]
[stage.closed]
title = "Closed"
ends = true
cites = ["a"]
[[offer]]
when = { outcome = ["delayed"] }
options = ["resubmit"]
cites = ["a"]
[[offer]]
when = { outcome = ["denied"] }
options = ["contest"]
cites = ["a"]
[option.resubmit]
title = "Resubmit"
summary = "Send the corrected cases."
to = "waiting"
counts = ["submission"]
cites = ["a"]
[option.contest]
title = "Contest"
summary = "Ask the board again."
to = "waiting"
challenges = true
needs = ["contest-letter"]
cites = ["a"]
[material.contest-letter]
title = "Letter of contest"
fee = "USD 500"
cites = ["a"]
[clause.a]
says = "One clause for everything."
at = "Section 1"
"""


class TestAPolicyOfAnotherShape:
    """Stages, outcomes, facts and options that nobody here has heard of; ten business days without a window."""

    @pytest.fixture(autouse=True)
    def only_this_one(self, settings, tmp_path):
        (tmp_path / "vascular-testing").mkdir()
        (tmp_path / "vascular-testing" / "2024-01-01.toml").write_text(VASCULAR)
        settings.POLICIES = tmp_path

    def ask(self, client, **more):
        asked = {"programme": "vascular-testing", "asked": "vascular-testing", "stands": "choosing.denied", **more}
        return client.get(reverse("desks:what-are-my-options"), asked)

    def test_it_is_asked_and_answered_in_its_own_words(self, client):
        answer = self.ask(client, **{"on-decision-made": "2024-06-28", "as-of": "2024-07-01"})
        assert "through Monday 15 July 2024, midnight MDT" in card(answer, "contest")
        assert "Letter of contest: USD 500" in card(answer, "contest")
        assert "It is offered at the Delayed." in words(answer)

    def test_when_the_clock_has_closed_it_the_options_say_so(self, client):
        answer = self.ask(client, **{"on-decision-made": "2024-06-28", "as-of": "2024-08-01"})
        assert "was open through 15 Jul 2024, midnight MDT" in card(answer, "contest")

    def test_its_article_is_written_from_its_data(self, client):
        page = client.get(reverse("desks:policy"), {"programme": "vascular-testing"})
        assert page.status_code == 200
        assert "Letter of contest" in words(page)

    def test_a_date_before_the_first_revision_is_answered_at_its_field(self, client):
        answer = self.ask(client, **{"on-decision-made": "2023-06-28"})
        assert answer.status_code == 422
        assert "the first is in force from 2024-01-01" in complaint(answer, "on-decision-made")
