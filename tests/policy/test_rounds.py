"""Rounds, counts, windows, cut-offs, revisions and accreditations: small policies, and questions answered by hand."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from reaccredit.policy import Decision, Fact, Inadmissible, NotGoverned, Policy
from reaccredit.policy.reading import read

BERLIN = ZoneInfo("Europe/Berlin")
HEAD = """
schema = 2
policy = "demo-two"
title = "t"
source = "s"
seen = "whole"
revision = {rev}
in_force = {rev}
zone = "Europe/Berlin"
start = "{start}"
[governs]
by = "{by}"
{fact}
cites = ["c"]
[days]
count = "exclude-first"
last = "included"
roll = "none"
month_end = "clip"
cites = ["c"]
[clause.c]
at = "1"
says = "s"
[clause.d]
at = "2"
says = "t"
"""
FACTS = """
[fact.go]
title = "Go"
by = "x"
[fact.back]
title = "Back"
by = "x"
[fact.note]
title = "Note"
by = "x"
[fact.told]
title = "Told"
by = "x"
"""
BODY_1 = """
[date.expiry]
title = "Expiry"
told_by = ["told"]
key = "on"
cites = ["c"]
[stage.a]
title = "A"
holder = "x"
hears = ["told"]
cites = ["c"]
[stage.a.moves.go]
to = "b"
cites = ["c"]
[stage.b]
title = "B"
holder = "x"
asks = true
hears = ["told"]
cites = ["c"]
[stage.b.due]
within = "P90D"
from = ["entered"]
cites = ["c"]
[stage.b.overdue]
to = "z"
cites = ["c"]
[stage.z]
title = "Z"
ends = true
cites = ["c"]
[[offer]]
when = { left = { until = "expiry", more_than = "P60D" } }
options = ["renew", "quit"]
cites = ["c"]
[[offer]]
when = { left = { until = "expiry", at_most = "P60D" } }
options = ["restart", "quit"]
cites = ["c"]
[[offer]]
when = { untold = ["expiry"] }
options = ["quit"]
cites = ["d"]

[option.renew]
title = "renew"
summary = "renew"
to = "z"
cites = ["c"]

[option.restart]
title = "restart"
summary = "restart"
to = "z"
cites = ["c"]

[option.quit]
title = "quit"
summary = "quit"
to = "z"
cites = ["c"]
"""
BODY_2 = """
[fact.seen]
title = "Seen"
by = "y"
[fact.kept]
title = "Kept"
by = "y"
lasting = true
[trait.kind]
values = ["p", "q"]
default = "p"
told_by = ["go"]
[counter.try]
title = "try"
limit = 3
cites = ["c"]
[stage.a]
title = "A"
holder = "x"
hears = ["kept"]
cites = ["c"]
[stage.a.moves.go]
to = "b"
counts = ["try"]
new_round = true
over = { counter = "try", past = 2, to = "far", cites = ["d"] }
cites = ["c"]
[stage.b]
title = "B"
holder = "x"
asks = true
hears = ["seen", "kept"]
cites = ["c"]
[stage.b.overdue]
to = "far"
cites = ["c"]
[stage.far]
title = "Far"
holder = "y"
cites = ["c"]
[stage.far.moves.back]
to = "a"
resets = ["try"]
unmarks = ["m"]
cites = ["c"]
[[window]]
stage = "b"
when = { kind = ["p"] }
[window.opens]
after = "P2D"
from = ["go"]
once = "seen"
cites = ["c"]
[window.due]
within = "P10D"
from = ["opens"]
cites = ["c"]
[[window]]
stage = "b"
when = { kind = ["q"] }
[window.opens]
after = "PT1H"
from = ["go"]
cites = ["c"]
[window.due]
within = "P10D"
from = ["go"]
cites = ["c"]
[window.term.again]
within = "P3D"
from = ["go"]
cites = ["c"]
[[offer]]
when = { heard = ["kept"], try = { to = 1 } }
options = ["again", "extra"]
cites = ["c"]
[[offer]]
when = { unheard = ["kept"], try = { to = 1 } }
options = ["again"]
cites = ["c"]
[[offer]]
when = { try = { from = 2 } }
options = ["again"]
cites = ["d"]
[option.again]
title = "Again"
summary = "s"
to = "a"
marks = ["m"]
cites = ["c"]
[option.extra]
title = "Extra"
summary = "s"
to = "far"
marks = ["m"]
cites = ["c"]
"""
BODY_3 = """
[stage.a]
title = "A"
holder = "x"
hears = ["note"]
cites = ["c"]
[stage.a.moves.go]
to = "b"
new_round = true
cites = ["c"]
[stage.b]
title = "B"
holder = "x"
cites = ["c"]
[stage.b.moves.back]
to = "a"
cites = ["c"]
[stage.b.due]
within = "P10D"
from = ["go"]
cites = ["c"]
[stage.b.overdue]
cites = ["c"]
"""
BODY_4 = """
[stage.a]
title = "A"
holder = "x"
hears = ["note"]
cites = ["c"]
[stage.a.moves.go]
to = "b"
new_round = true
cites = ["c"]
[stage.b]
title = "B"
holder = "x"
cites = ["c"]
[stage.b.moves.back]
to = "a"
cites = ["c"]
[stage.b.due]
within = "P20D"
from = ["go"]
cites = ["c"]
[stage.b.overdue]
cites = ["c"]
"""
BODY_5 = """
[fact.paid]
title = "Paid"
by = "payer"
[fact.use]
title = "First use"
by = "x"
[fact.re]
title = "Reissued"
by = "x"
stands_for = "go"
[date.meet]
title = "Meeting"
told_by = ["told"]
key = "on"
cites = ["c"]
[stage.a]
title = "A"
holder = "x"
hears = ["use"]
cites = ["c"]
[stage.a.moves.go]
to = "b"
cites = ["c"]
[stage.b]
title = "B"
holder = "x"
awaits = "paid"
hears = ["paid", "note", "told", "re", "use"]
cites = ["c"]
[stage.b.due]
within = "P1M"
from = ["go"]
cites = ["c"]
[stage.b.overdue]
to = "b"
decides = "late"
cites = ["c"]
[stage.b.until.note]
before = "P3D"
from = ["due"]
cites = ["c"]
[stage.b.since.back]
within = "P5D"
from = ["go"]
cites = ["c"]
[stage.b.moves.back]
to = "y"
cites = ["c"]
[stage.y]
title = "Y"
holder = "x"
decides = "yes"
cites = ["c"]
[stage.y.moves.told]
decides = "more"
cites = ["c"]
[stage.y.moves.note]
to = "n"
decides = "no"
cites = ["c"]
[stage.n]
title = "N"
ends = true
cites = ["c"]
[outcome.yes]
title = "Yes"
accredited = true
appealable = false
cites = ["c"]
[outcome.yes.effective]
from = ["use", "decided"]
cites = ["c"]
back_dating = "allowed"
take = "earliest"
[outcome.yes.expires]
within = "P2Y"
from = ["effective"]
round = "month-end"
cites = ["c"]
[outcome.more]
title = "More"
accredited = true
appealable = false
keeps = true
cites = ["c"]
[outcome.no]
title = "No"
accredited = false
appealable = true
grounded = true
cites = ["c"]
[outcome.late]
title = "Late"
accredited = false
appealable = false
cites = ["c"]
"""
BODY_6 = """
[fact.granted]
title = "Granted"
by = "board"
[fact.renewal]
title = "Renewal submitted"
by = "lab"
[fact.renewed]
title = "Renewed"
by = "board"
[fact.failed]
title = "Failed"
by = "board"
[fact.applied]
title = "Applied"
by = "lab"
[fact.visit]
title = "Visit"
by = "board"
[fact.suspended]
title = "Suspended"
by = "board"
[fact.lifted]
title = "Lifted"
by = "board"
[counter.failure]
title = "failure"
limit = 3
cites = ["c"]
[outcome.yes]
title = "Yes"
accredited = true
appealable = false
cites = ["c"]
[outcome.yes.expires]
within = "P2Y"
from = ["effective"]
count = "include-first"
cites = ["c"]
[outcome.yes.grace]
within = "P3M"
from = ["expires"]
once = "renewal"
in_time = { before = "P60D", from = ["expires"] }
cites = ["c"]
[outcome.no]
title = "No"
accredited = false
appealable = false
cites = ["c"]
[outcome.gone]
title = "Expired"
accredited = false
appealable = false
cites = ["c"]
[stage.a]
title = "Assessment"
holder = "board"
cites = ["c"]
[stage.a.moves.granted]
to = "in"
decides = "yes"
resets = ["failure"]
cites = ["c"]
[stage.a.moves.failed]
to = "again"
decides = "no"
counts = ["failure"]
over = { counter = "failure", past = 2, to = "barred", cites = ["d"] }
cites = ["c"]
[stage.again]
title = "Again"
holder = "lab"
cites = ["c"]
[stage.again.moves.applied]
to = "a"
cites = ["c"]
[stage.barred]
title = "Barred"
holder = "lab"
cites = ["d"]
[stage.barred.since.applied]
within = "P1Y"
from = ["decided"]
cites = ["d"]
[stage.barred.moves.applied]
to = "a"
resets = ["failure"]
cites = ["d"]
[stage.in]
title = "Accredited"
holder = "lab"
hears = ["renewal", "suspended", "lifted"]
cites = ["c"]
[stage.in.since.renewal]
before = "P6M"
from = ["expires"]
cites = ["c"]
[stage.in.due]
within = "P0D"
from = ["expires"]
cites = ["c"]
[stage.in.overdue]
to = "out"
decides = "gone"
cites = ["c"]
[stage.in.moves.renewed]
to = "in"
when = { heard = ["renewal"] }
decides = "yes"
cites = ["c"]
[stage.in.moves.visit]
to = "in"
cites = ["c"]
[stage.out]
title = "Expired"
holder = "lab"
cites = ["c"]
[stage.out.moves.applied]
to = "a"
cites = ["c"]
"""


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def policy(*revisions: tuple[str, str], by: str = "case", fact: str = "") -> Policy:
    """Revisions by their dates, each with its rules."""
    named = f'fact = "{fact}"' if fact else ""
    return Policy(
        read(HEAD.format(rev=day, start="a", by=by, fact=named) + rules, f"{day}.toml") for day, rules in revisions
    )


POLICIES = {
    "days left until a date": policy(("2020-01-01", FACTS + BODY_1)),
    "rounds, counts and windows": policy(("2020-01-01", FACTS + BODY_2)),
    "two revisions, governed by the case": policy(("2024-01-01", FACTS + BODY_3), ("2024-06-01", FACTS + BODY_4)),
    "by the act": policy(("2024-01-01", FACTS + BODY_3), ("2024-06-01", FACTS + BODY_4), by="act"),
    "by the round": policy(("2024-01-01", FACTS + BODY_3), ("2024-06-01", FACTS + BODY_4), by="round"),
    "by a noted fact": policy(("2024-01-01", FACTS + BODY_3), ("2024-06-01", FACTS + BODY_4), by="fact", fact="note"),
    "by the fact that moves": policy(
        ("2024-01-01", FACTS + BODY_3), ("2024-06-01", FACTS + BODY_4), by="fact", fact="go"
    ),
    "two revisions of which the first comes late": policy(("2024-01-01", FACTS + BODY_3)),
    "waits, cut-offs, reissues, add-ons and grounds": policy(("2020-01-01", FACTS + BODY_5)),
    "renewal, grace and a bar after three failures": policy(("2020-01-01", BODY_6)),
}
Story = list[tuple[Any, ...]]
# (what it is about, the policy, the story, when it is asked, what is expected)
QUESTIONS: list[tuple[str, str, Story, str, dict[str, Any]]] = [
    ('left', 'days left until a date', [('2024-01-02 10:00', 'told', {'on': '2024-09-30'}), ('2024-07-01 10:00', 'go')], '2024-07-31 23:59:59', {'options': ['renew', 'quit'], 'refused': {'restart': 'not-offered'}}),
    ('left', 'days left until a date', [('2024-01-02 10:00', 'told', {'on': '2024-09-30'}), ('2024-07-01 10:00', 'go')], '2024-08-01 00:00', {'options': ['restart', 'quit'], 'refused': {'renew': 'not-offered'}}),
    ('left', 'days left until a date', [('2024-07-01 10:00', 'go')], '2024-08-01 00:00', {'options': ['quit']}),
    ('left', 'days left until a date', [('2024-01-02 10:00', 'told', {'on': '2024-09-30'}), ('2024-07-01 10:00', 'go')], '2024-09-29 23:59:59', {'options': ['restart', 'quit'], 'due': '2024-09-30 00:00'}),
    ('left', 'days left until a date', [('2024-01-02 10:00', 'told', {'on': '2024-09-30'}), ('2024-07-01 10:00', 'go')], '2024-09-30 00:00', {'stage': 'z'}),
    ('rounds', 'rounds, counts and windows', [('2024-05-01 10:00', 'go')], '2024-05-09 09:00', {'options': [], 'holder': 'y', 'refused': {'again': 'waiting'}}),
    ('rounds', 'rounds, counts and windows', [('2024-05-01 10:00', 'go'), ('2024-05-01 11:00', 'seen')], '2024-05-02 23:59:59', {'options': [], 'refused': {'again': 'too-early'}}),
    ('rounds', 'rounds, counts and windows', [('2024-05-01 10:00', 'go'), ('2024-05-01 11:00', 'seen')], '2024-05-03 00:00', {'options': ['again'], 'due': '2024-05-14 00:00', 'counters': {'try': 1}, 'left': {'try': 2}}),
    ('rounds', 'rounds, counts and windows', [('2024-05-01 10:00', 'go'), ('2024-05-20 11:00', 'seen')], '2024-05-20 11:00', {'options': ['again'], 'due': '2024-05-31 00:00'}),
    ('rounds', 'rounds, counts and windows', [('2024-05-01 10:00', 'go', {'kind': 'q'})], '2024-05-01 11:00', {'options': ['again'], 'due': '2024-05-12 00:00', 'odue': {'again': '2024-05-05 00:00'}}),
    ('rounds', 'rounds, counts and windows', [('2024-05-01 10:00', 'go', {'kind': 'q'})], '2024-05-05 00:00', {'options': [], 'refused': {'again': 'too-late'}, 'stage': 'b'}),
    ('rounds', 'rounds, counts and windows', [('2024-05-01 10:00', 'go', {'kind': 'q'})], '2024-05-12 00:00', {'stage': 'far', 'holder': 'y'}),
    ('rounds', 'rounds, counts and windows', [('2024-05-01 10:00', 'go', {'kind': 'r'})], '2024-05-02 11:00', {'bad': 0, 'kind': 'malformed'}),
    ('rounds', 'rounds, counts and windows', [('2024-05-01 10:00', 'go', {'kind': 'q'}), ('2024-05-02 10:00', 'kept'), ('2024-05-03 10:00', 'option.again')], '2024-05-03 12:00', {'stage': 'a', 'marks': ['m']}),
    ('rounds', 'rounds, counts and windows', [('2024-05-01 10:00', 'go', {'kind': 'q'}), ('2024-05-02 10:00', 'kept'), ('2024-05-03 10:00', 'option.again'), ('2024-06-01 10:00', 'go')], '2024-06-04 12:00', {'stage': 'b', 'marks': [], 'holder': 'y', 'counters': {'try': 2}}),
    ('rounds', 'rounds, counts and windows', [('2024-05-01 10:00', 'go', {'kind': 'q'}), ('2024-05-02 10:00', 'kept')], '2024-05-02 12:00', {'options': ['again', 'extra']}),
    ('rounds', 'rounds, counts and windows', [('2024-05-01 10:00', 'go', {'kind': 'q'}), ('2024-05-02 10:00', 'kept'), ('2024-05-03 10:00', 'option.again'), ('2024-06-01 10:00', 'go'), ('2024-06-01 12:00', 'seen'), ('2024-06-05 10:00', 'option.again'), ('2024-07-01 10:00', 'go')], '2024-07-02 10:00', {'stage': 'far', 'counters': {'try': 3}, 'left': {'try': 0}}),
    ('rounds', 'rounds, counts and windows', [('2024-05-01 10:00', 'go', {'kind': 'q'}), ('2024-05-02 10:00', 'kept'), ('2024-05-03 10:00', 'option.again'), ('2024-06-01 10:00', 'go'), ('2024-06-01 12:00', 'seen'), ('2024-06-05 10:00', 'option.again'), ('2024-07-01 10:00', 'go'), ('2024-07-03 10:00', 'back')], '2024-07-04 10:00', {'stage': 'a', 'counters': {'try': 0}, 'marks': []}),
    ('governs case', 'two revisions, governed by the case', [('2024-05-20 10:00', 'note'), ('2024-06-05 10:00', 'go')], '2024-06-06 10:00', {'due': '2024-06-16 00:00'}),
    ('governs act', 'by the act', [('2024-05-20 10:00', 'note'), ('2024-06-05 10:00', 'go')], '2024-06-06 10:00', {'due': '2024-06-26 00:00'}),
    ('governs round', 'by the round', [('2024-05-20 10:00', 'note'), ('2024-06-05 10:00', 'go')], '2024-06-06 10:00', {'due': '2024-06-26 00:00'}),
    ('governs fact note', 'by a noted fact', [('2024-05-20 10:00', 'note'), ('2024-06-05 10:00', 'go')], '2024-06-06 10:00', {'due': '2024-06-16 00:00'}),
    ('governs fact go', 'by the fact that moves', [('2024-05-20 10:00', 'note'), ('2024-06-05 10:00', 'go')], '2024-06-06 10:00', {'due': '2024-06-26 00:00'}),
    ('round 1 round', 'by the round', [('2024-05-20 10:00', 'go')], '2024-06-05 10:00', {'due': '2024-05-31 00:00'}),
    ('round 2 round', 'by the round', [('2024-05-20 10:00', 'go'), ('2024-06-10 09:00', 'back'), ('2024-06-12 10:00', 'go')], '2024-06-13 10:00', {'due': '2024-07-03 00:00'}),
    ('round 1 case', 'two revisions, governed by the case', [('2024-05-20 10:00', 'go')], '2024-06-05 10:00', {'due': '2024-05-31 00:00'}),
    ('round 2 case', 'two revisions, governed by the case', [('2024-05-20 10:00', 'go'), ('2024-06-10 09:00', 'back'), ('2024-06-12 10:00', 'go')], '2024-06-13 10:00', {'due': '2024-06-23 00:00'}),
    ('round 1 act', 'by the act', [('2024-05-20 10:00', 'go')], '2024-06-05 10:00', {'due': '2024-05-31 00:00'}),
    ('round 2 act', 'by the act', [('2024-05-20 10:00', 'go'), ('2024-06-10 09:00', 'back'), ('2024-06-12 10:00', 'go')], '2024-06-13 10:00', {'due': '2024-07-03 00:00'}),
    ('awaits', 'waits, cut-offs, reissues, add-ons and grounds', [('2024-01-31 10:00', 'go')], '2024-02-01 10:00', {'holder': 'payer', 'due': '2024-03-01 00:00'}),
    ('awaits', 'waits, cut-offs, reissues, add-ons and grounds', [('2024-01-31 10:00', 'go'), ('2024-02-01 10:00', 'paid')], '2024-02-01 11:00', {'holder': 'x'}),
    ('until', 'waits, cut-offs, reissues, add-ons and grounds', [('2024-01-31 10:00', 'go'), ('2024-02-26 23:59:59', 'note')], '2024-02-27 00:00', {'stage': 'b'}),
    ('until', 'waits, cut-offs, reissues, add-ons and grounds', [('2024-01-31 10:00', 'go'), ('2024-02-27 00:00', 'note')], '2024-02-27 00:00', {'bad': 1, 'kind': 'too-late'}),
    ('since', 'waits, cut-offs, reissues, add-ons and grounds', [('2024-01-31 10:00', 'go'), ('2024-02-04 23:59:59', 'back')], '2024-02-06 00:00', {'bad': 1, 'kind': 'too-early'}),
    ('since', 'waits, cut-offs, reissues, add-ons and grounds', [('2024-01-31 10:00', 'go'), ('2024-02-05 00:00', 'back')], '2024-02-06 00:00', {'stage': 'y', 'outcome': 'yes'}),
    ('stands_for', 'waits, cut-offs, reissues, add-ons and grounds', [('2024-01-31 10:00', 'go'), ('2024-02-10 09:00', 're')], '2024-02-11 09:00', {'due': '2024-03-11 00:00'}),
    ('earliest of two', 'waits, cut-offs, reissues, add-ons and grounds', [('2024-01-10 08:00', 'use'), ('2024-01-31 10:00', 'go'), ('2024-02-08 09:00', 'back')], '2024-02-11 09:00', {'effective': '2024-01-10', 'expires': '2026-01-31', 'accredited': True}),
    ('one of two', 'waits, cut-offs, reissues, add-ons and grounds', [('2024-01-31 10:00', 'go'), ('2024-02-08 09:00', 'back')], '2024-02-11 09:00', {'effective': '2024-02-08', 'expires': '2026-02-28'}),
    ('add-on', 'waits, cut-offs, reissues, add-ons and grounds', [('2024-01-31 10:00', 'go'), ('2024-02-08 09:00', 'back'), ('2024-05-01 09:00', 'told')], '2024-05-11 09:00', {'outcome': 'more', 'stage': 'y', 'effective': '2024-02-08', 'expires': '2026-02-28', 'accredited': True}),
    ('grounds missing', 'waits, cut-offs, reissues, add-ons and grounds', [('2024-01-31 10:00', 'go'), ('2024-02-08 09:00', 'back'), ('2024-05-01 09:00', 'note')], '2024-05-11 09:00', {'bad': 2}),
    ('grounds', 'waits, cut-offs, reissues, add-ons and grounds', [('2024-01-31 10:00', 'go'), ('2024-02-08 09:00', 'back'), ('2024-05-01 09:00', 'note', {'grounds': ['d']})], '2024-05-11 09:00', {'stage': 'n', 'outcome': 'no', 'accredited': False, 'expires': None}),
    ('grounds unknown', 'waits, cut-offs, reissues, add-ons and grounds', [('2024-01-31 10:00', 'go'), ('2024-02-08 09:00', 'back'), ('2024-05-01 09:00', 'note', {'grounds': ['zzz']})], '2024-05-11 09:00', {'bad': 2, 'kind': 'malformed'}),
    ('overdue to itself', 'waits, cut-offs, reissues, add-ons and grounds', [('2024-01-31 10:00', 'go')], '2024-03-05 10:00', {'stage': 'b', 'outcome': 'late', 'due': '2024-03-01 00:00'}),
    ('out of order', 'waits, cut-offs, reissues, add-ons and grounds', [('2024-01-31 10:00', 'go'), ('2024-01-30 10:00', 'paid')], '2024-03-05 10:00', {'bad': 1, 'kind': 'out-of-order'}),
    ('unknown', 'waits, cut-offs, reissues, add-ons and grounds', [('2024-01-31 10:00', 'go'), ('2024-02-01 10:00', 'payed')], '2024-03-05 10:00', {'bad': 1, 'kind': 'unknown'}),
    ('future', 'waits, cut-offs, reissues, add-ons and grounds', [('2024-01-31 10:00', 'go'), ('2024-02-01 10:00', 'paid')], '2024-02-01 09:59:59', {'bad': 1, 'kind': 'out-of-order'}),
    ('expiry', 'renewal, grace and a bar after three failures', [('2024-03-15 10:00', 'granted')], '2024-03-16 10:00', {'accredited': True, 'effective': '2024-03-15', 'expires': '2026-03-14', 'due': '2026-03-15 00:00'}),
    ('expiry', 'renewal, grace and a bar after three failures', [('2024-03-15 10:00', 'granted')], '2026-03-14 23:59:59', {'stage': 'in', 'accredited': True}),
    ('expiry', 'renewal, grace and a bar after three failures', [('2024-03-15 10:00', 'granted')], '2026-03-15 00:00', {'stage': 'out', 'accredited': False, 'outcome': 'gone'}),
    ('window', 'renewal, grace and a bar after three failures', [('2024-03-15 10:00', 'granted'), ('2025-09-13 23:59:59', 'renewal')], '2025-10-01 10:00', {'bad': 1, 'kind': 'too-early'}),
    ('window', 'renewal, grace and a bar after three failures', [('2024-03-15 10:00', 'granted'), ('2025-09-14 00:00', 'renewal')], '2025-10-01 10:00', {'stage': 'in'}),
    ('grace', 'renewal, grace and a bar after three failures', [('2024-03-15 10:00', 'granted'), ('2026-01-13 23:59:59', 'renewal')], '2026-06-14 23:59:59', {'accredited': True, 'stage': 'in', 'expires': '2026-03-14'}),
    ('grace', 'renewal, grace and a bar after three failures', [('2024-03-15 10:00', 'granted'), ('2026-01-13 23:59:59', 'renewal')], '2026-06-15 00:00', {'accredited': False, 'stage': 'out'}),
    ('no grace', 'renewal, grace and a bar after three failures', [('2024-03-15 10:00', 'granted'), ('2026-01-14 00:00', 'renewal')], '2026-03-14 10:00', {'accredited': True}),
    ('no grace', 'renewal, grace and a bar after three failures', [('2024-03-15 10:00', 'granted'), ('2026-01-14 00:00', 'renewal')], '2026-03-15 00:00', {'accredited': False, 'stage': 'out'}),
    ('renewed without request', 'renewal, grace and a bar after three failures', [('2024-03-15 10:00', 'granted'), ('2025-12-01 10:00', 'renewed')], '2025-12-02 10:00', {'bad': 1}),
    ('renewed', 'renewal, grace and a bar after three failures', [('2024-03-15 10:00', 'granted'), ('2026-01-13 23:59:59', 'renewal'), ('2026-05-04 10:00', 'renewed')], '2026-05-05 10:00', {'accredited': True, 'effective': '2026-05-04', 'expires': '2028-05-03'}),
    ('old renewal', 'renewal, grace and a bar after three failures', [('2024-03-15 10:00', 'granted'), ('2026-01-13 23:59:59', 'renewal'), ('2026-05-04 10:00', 'renewed')], '2028-05-04 00:00', {'accredited': False, 'stage': 'out'}),
    ('barred', 'renewal, grace and a bar after three failures', [('2024-01-10 10:00', 'failed'), ('2024-02-01 10:00', 'applied'), ('2024-03-10 10:00', 'failed'), ('2024-04-01 10:00', 'applied'), ('2024-05-10 10:00', 'failed')], '2024-05-11 10:00', {'stage': 'barred', 'counters': {'failure': 3}, 'left': {'failure': 0}}),
    ('barred', 'renewal, grace and a bar after three failures', [('2024-01-10 10:00', 'failed'), ('2024-02-01 10:00', 'applied'), ('2024-03-10 10:00', 'failed'), ('2024-04-01 10:00', 'applied'), ('2024-05-10 10:00', 'failed'), ('2025-05-09 23:59:59', 'applied')], '2025-05-10 10:00', {'bad': 5, 'kind': 'too-early'}),
    ('barred', 'renewal, grace and a bar after three failures', [('2024-01-10 10:00', 'failed'), ('2024-02-01 10:00', 'applied'), ('2024-03-10 10:00', 'failed'), ('2024-04-01 10:00', 'applied'), ('2024-05-10 10:00', 'failed'), ('2025-05-10 00:00', 'applied')], '2025-05-10 10:00', {'stage': 'a', 'counters': {'failure': 0}}),
    ('consecutive', 'renewal, grace and a bar after three failures', [('2024-01-10 10:00', 'failed'), ('2024-02-01 10:00', 'applied'), ('2024-03-10 10:00', 'failed'), ('2024-04-01 10:00', 'applied'), ('2024-05-10 10:00', 'granted')], '2024-05-11 10:00', {'stage': 'in', 'counters': {'failure': 0}}),
    ('visit', 'renewal, grace and a bar after three failures', [('2024-03-15 10:00', 'granted'), ('2025-01-10 10:00', 'visit')], '2025-01-11 10:00', {'expires': '2026-03-14', 'due': '2026-03-15 00:00'}),
]  # fmt: skip
# ruff: noqa: E501


def answer(d: Decision) -> dict[str, Any]:
    s = d.standing
    return {
        "stage": s.stage, "holder": d.holder, "due": d.term.due if d.term else None, "options": [o.id for o in d.options],
        "refused": {name: no.kind for name, no in d.refused.items()}, "outcome": s.outcome, "accredited": d.accredited,
        "effective": s.effective, "expires": s.expires, "counters": dict(s.counters), "marks": sorted(s.marks),
        "odue": {o.id: o.due for o in d.options}, "rev": str(s.revision), "left": dict(d.left),
        "duties": [u.material.id for u in d.duties if not u.met],
    }  # fmt: skip


def expected(key: str, value: Any) -> Any:
    if key == "due" and value:
        return at(value)
    if key == "odue":
        return {name: at(when) for name, when in value.items()}
    return date.fromisoformat(value) if key in {"effective", "expires"} and value else value


@pytest.mark.parametrize(("about", "name", "story", "when", "says"), QUESTIONS)
def test_the_answer_is_the_one_reckoned_by_hand(
    about: str, name: str, story: Story, when: str, says: dict[str, Any]
) -> None:
    facts = [Fact(at(told), kind, *more) for told, kind, *more in story]
    if "bad" in says:
        with pytest.raises(Inadmissible) as no:
            POLICIES[name].decide(facts, at(when))
        assert (no.value.index, says.get("kind", no.value.refusal.kind)) == (says["bad"], no.value.refusal.kind)
        return
    found = answer(POLICIES[name].decide(facts, at(when)))
    for key, value in says.items():
        want = expected(key, value)
        if isinstance(want, dict):
            assert {k: found[key].get(k) for k in want} == want
        else:
            assert found[key] == want


def test_before_the_first_revision_no_rule_governs() -> None:
    with pytest.raises(NotGoverned, match="the first is in force from 2024-01-01"):
        POLICIES["two revisions of which the first comes late"].decide(
            [Fact(at("2023-01-01 10:00"), "go")], at("2023-01-02 10:00")
        )
