"""A draft tried on the cases of the ledger: which of them it would treat otherwise, and how. Nothing is written."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reaccredit.ledger import queries
from reaccredit.ledger.models import Case
from reaccredit.policy import Malformed, NotGoverned
from reaccredit.policy.reading import read_file
from reaccredit.policy.replaying import replay, told


class Command(BaseCommand):
    help = "Replay the cases of a draft's programme under the draft: what would be otherwise, up to the first parting."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("draft", type=Path, metavar="FILE", help="a revision of the policy, in force or not")

    def handle(self, *args: Any, draft: Path, **options: Any) -> None:
        try:
            rev = read_file(draft)
            policy = queries.policy_for(rev.policy)
        except (Malformed, NotGoverned) as error:
            raise CommandError(str(error), returncode=2) from None
        alone, others, cases = policy.under(rev), 0, Case.objects.filter(programme=rev.policy)
        for case in cases.iterator():
            facts = queries.history(case)
            found = replay(policy, alone, case.number, facts)
            others += bool(found.otherwise)
            for line in told(found, facts, policy):
                self.stdout.write(line)
        self.stdout.write(
            f"{others} of {cases.count()} cases would be treated otherwise under {rev.policy} {rev.revision} ({rev.place})."
        )
