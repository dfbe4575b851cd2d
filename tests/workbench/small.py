"""The smallest policy that is sound, a scenario for it, and two members of the staff."""

from __future__ import annotations

from datetime import UTC, date, datetime

from reaccredit.people import actions as people
from reaccredit.people.models import Person, Role
from reaccredit.workbench import actions, queries, tasks
from reaccredit.workbench.models import Draft, Version

NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)
PASSWORD = "correct horse battery"
TEXT = """\
schema    = 2
policy    = "registry"
title     = "The registry"
source    = "A sample"
seen      = "whole"
revision  = 2026-04-01
in_force  = 2026-04-01
zone      = "America/New_York"
start     = "open"

[governs]
by    = "case"
cites = ["all"]

[days]
count = "exclude-first"
roll  = "none"
cites = ["all"]

[fact."request.made"]
title = "Request made"
by    = "facility"

[fact."request.granted"]
title = "Request granted"
by    = "staff"

[stage.open]
title  = "Request"
holder = "facility"
cites  = ["all"]
moves  = { "request.made" = { to = "judging", cites = ["all"] } }
due    = { within = "P90D", from = ["entered"], cites = ["all"] }
overdue = { to = "closed", cites = ["all"] }

[stage.judging]
title  = "With the registry"
holder = "staff"
cites  = ["all"]
moves  = { "request.granted" = { to = "closed", cites = ["all"] } }
due    = { within = "P30D", from = ["request.made"], cites = ["all"] }
overdue = { to = "closed", cites = ["all"] }

[stage.closed]
title = "Closed"
ends  = true
cites = ["all"]

[clause.all]
at   = "Page 1"
says = "A request is judged within 30 days."
"""
SCENARIO = """\
[[scenario]]
title = "A request waits for the registry"
facts = [{ at = 2026-05-01T10:00:00-04:00, kind = "request.made" }]
[[scenario.ask]]
at = 2026-05-02T10:00:00-04:00
stage = "judging"
holder = "staff"
"""


def member(name: str) -> Person:
    email = f"{name.lower().replace(' ', '.')}@demo.example"
    made = people.register(email=email, name=name, password=PASSWORD, now=NOW)
    people.appoint(person=made, role=Role.STAFF, since=date(2020, 1, 1))
    return made


def begun(author: Person, text: str = TEXT, scenarios: str = SCENARIO) -> Draft:
    return actions.begin(text=text, scenarios=scenarios, begun_from="", actor=author, now=NOW)


def examined(draft: Draft) -> Version:
    """As the worker would, at once."""
    version = queries.newest(draft)
    tasks.examine.func(version.examination.pk)
    version.refresh_from_db()
    return queries.newest(draft)
