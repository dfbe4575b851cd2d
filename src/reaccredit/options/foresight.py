"""What would follow if a form were submitted: asked of the policy, written nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from reaccredit import policy
from reaccredit.applications.models import CaseFile
from reaccredit.ledger import queries as ledger
from reaccredit.ledger.models import Case
from reaccredit.policy.revision import Choice
from reaccredit.withdrawals import queries as withdrawals


def about(
    option: policy.Option, covers: bool, areas: Sequence[str] | None, withdraw: Sequence[str]
) -> dict[str, list[str]]:
    """What a form says, in the words of a fact. `areas` None: all that the option covers and that are not ticked.

    An option that withdraws names its areas once: they are what is withdrawn.
    """
    named = list(option.areas if areas is None else areas)
    if option.withdraws:
        return {"areas": named}
    said: dict[str, list[str]] = {}
    if covers and (left := [code for code in named if code not in withdraw]):
        said["areas"] = left
    if withdraw:
        said["withdraw"] = list(withdraw)
    return said


def foresee(case: Case, option: str, about: Mapping[str, object], now: datetime) -> policy.Decision | policy.Refusal:
    """Where the case would stand after this form, or why the form would not be admitted. Writes nothing."""
    rules, history = ledger.policy_for(case.programme), ledger.history(case)
    fact = policy.Fact(at=now, kind=f"option.{option}", about=about)
    answer = rules.admit(history, fact, known_at=now)
    if isinstance(answer, policy.Refusal):
        return answer
    return rules.decide([*history, fact], at=now)


def in_vain(
    option: policy.Option, choice: Choice, case_file: CaseFile, codes: Iterable[str], now: datetime
) -> policy.Refusal | None:
    """Why a form that the policy opens could be submitted for no module at all; None where one can be named.

    No page leads into a form that offers no choice: a phantom test belongs to no module, and some modalities let none go.
    """
    if not (option.withdraws and choice.ticks):
        return None
    if barred := withdrawals.barred(case_file):
        return barred
    case = case_file.case
    rules, history = ledger.policy_for(case.programme), ledger.history(case)
    refusals = []
    for code in codes:
        fact = policy.Fact(at=now, kind=f"option.{option.id}", about=about(option, True, [code], []))
        answer = rules.admit(history, fact, known_at=now)
        if not isinstance(answer, policy.Refusal):
            return None
        refusals.append(answer)
    return refusals[0] if refusals else None
