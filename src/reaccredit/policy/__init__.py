"""The rules. Standard library only: no framework, no clock, no file opened while deciding.

policy = Policy.load(folder)                 # every revision of one programme; refuses what is not sound
now = policy.decide(history, at=instant)     # pure: same history, same answer
policy.admit(history, fact)                  # Admitted or Refusal
"""

from reaccredit.policy.answering import Decision
from reaccredit.policy.engine import Policy
from reaccredit.policy.words import (
    Admitted,
    Because,
    Clause,
    Duty,
    Fact,
    Inadmissible,
    Malformed,
    Material,
    NotGoverned,
    Option,
    Receipt,
    Refusal,
    Standing,
    Step,
    Term,
)

__all__ = [
    "Admitted", "Because", "Clause", "Decision", "Duty", "Fact", "Inadmissible", "Malformed", "Material", "NotGoverned",
    "Option", "Policy", "Receipt", "Refusal", "Standing", "Step", "Term",
]  # fmt: skip
