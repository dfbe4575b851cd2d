"""Every form of the site is sent in at least ten wrong ways by somebody who may use it, and by people who may not. Each answer
is a 4xx with a sentence that helps, nothing typed is lost, and no form is left out."""

from __future__ import annotations

from typing import Any

import pytest

from tests.walking.attacks import attack
from tests.walking.site import Site

LEAST = 10


@pytest.mark.django_db
def test_every_form_refuses_what_is_wrong_and_says_what_helps(settings: Any) -> None:
    site = Site.told(settings)
    missed = site.missed()
    attacks = [attack(site, name, met) for name, met in site.forms()]
    few = [f"{made.name}: only {made.sent} wrong inputs" for made in attacks if made.sent < LEAST]
    wrong = [complaint for made in attacks for complaint in made.complaints]
    told = missed + few + wrong
    assert not told, "\n".join(told)
