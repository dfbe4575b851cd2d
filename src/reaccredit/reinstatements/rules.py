"""What the policy says about a plan and its evidence: who signs, whether protected health information may be in it, which clauses say so."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from reaccredit.applications.models import Area
from reaccredit.ledger.models import Case
from reaccredit.ledger.queries import decision, history, policy_for, rules_of
from reaccredit.policy import Because, Clause, Fact, Refusal

PLAN, EVIDENCE = "corrective-action-plan", "corrective-action-evidence"  # materials of the policy
SUBMITTED, RETURNED, DIRECTED, APPROVED = "plan.submitted", "plan.returned", "plan.directed", "plan.approved"
RECEIVED = "evidence.received"
FORBIDDEN = "forbidden"


@dataclass(frozen=True, slots=True)
class Terms:
    """A material as the revision that governs the plan has it."""

    title: str
    phi: str  # "forbidden", "allowed" or "" where the policy does not say
    signers: tuple[str, ...]  # roles; none where the policy names nobody
    because: Because

    @property
    def screened(self) -> bool:
        return self.phi == FORBIDDEN

    @property
    def phi_clause(self) -> Clause | None:
        """The clause behind a refusal: the last that the material cites is the one that is about its content."""
        return self.because.clauses[-1] if self.screened and self.because.clauses else None


def terms(case: Case, name: str, at: datetime, kinds: Collection[str] = tuple(Area.Kind.values)) -> Terms:
    """`kinds` are the kinds of area that the plan is about: a policy may name another signer for each."""
    revision = rules_of(case, at)
    paper = revision.materials.get(name)
    if paper is None:
        return Terms("", "", (), Because((), revision.revision, (), "The policy does not say anything about this."))
    signers = tuple(dict.fromkeys(role for kind, role in paper.signed_by.items() if not kind or kind in kinds))
    said = "Protected health information is not accepted here." if paper.phi == FORBIDDEN else f"{paper.title}."
    return Terms(paper.title, paper.phi, signers, Because(revision.cited(paper.cites), revision.revision, (), said))


def refusal(case: Case, kind: str, now: datetime) -> Refusal | None:
    """Why this fact would not be admitted now; None where it would. Writes nothing."""
    answer = policy_for(case.programme).admit(history(case), Fact(at=now, kind=kind), known_at=now)
    return answer if isinstance(answer, Refusal) else None


def owes(case: Case, name: str, now: datetime) -> bool:
    return decision(case, now).owes(name)
