"""A case's own way through its policy: what it has walked is bold, the ways on bear their dates."""

from __future__ import annotations

import itertools
import json
import re
from xml.etree import ElementTree

from reaccredit.policy import Policy
from reaccredit.policy.drawing import svg
from reaccredit.policy.jsonform import read_history, read_instant
from reaccredit.policy.walking import way
from tests.policy.telling import SHELF
from tests.policy.test_command import STORY

POLICY = Policy.load(SHELF / "diagnostic")
OPEN = "2021-04-05T10:00:00-04:00"


def walked(at=OPEN, story=STORY):
    return POLICY.decide(read_history(json.dumps(story)), read_instant(at, "at"))


def test_the_way_so_far_names_each_stage_with_what_led_there():
    stops = way(walked()).stops
    assert stops[0].title == "Application and testing package"
    assert (stops[-1].stage, stops[-1].by) == ("deciding", "Final report issued: not passed")
    assert all(a.stage != b.stage for a, b in itertools.pairwise(stops))


def test_the_ways_on_bear_the_dates_of_the_answer():
    decision = walked()
    ahead = {one.title: one for one in way(decision).ahead}
    assert {o.title for o in decision.options} <= ahead.keys()
    assert all(re.fullmatch(r"through \d+ Apr 2021", ahead[o.title].dated) for o in decision.options)
    assert ahead["If nobody acts"].dated.startswith("after ")


def test_before_the_form_opens_the_ways_on_say_when():
    dated = {one.dated for one in way(walked("2021-04-01T18:00:00-04:00")).ahead if one.title != "If nobody acts"}
    assert len(dated) == 1
    assert dated.pop().startswith("opens ")


def test_the_picture_of_a_case_is_the_picture_of_its_policy_with_its_way_bold():
    decision = walked()
    whole, own = svg(decision.rev), svg(decision.rev, way(decision))
    titles = re.findall(r">([^<]+)</text>", whole)
    assert all(title in own for title in titles)
    assert own.count('stroke-width="4"') == len(way(decision).edges)
    assert 'stroke-dasharray="6 5"' in own
    assert "The way so far: " in own
    assert "style=" not in own
    ElementTree.fromstring(own)
