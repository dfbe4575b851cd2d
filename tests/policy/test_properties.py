"""What holds of every history, not only of the ones that somebody thought of."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from reaccredit.policy import Admitted, Fact
from tests.policy.telling import DIAGNOSTIC, at

KINDS = sorted(DIAGNOSTIC.kinds)
START = at("2021-04-01 10:00")
steps = st.lists(
    st.tuples(
        st.integers(0, 600), st.sampled_from(KINDS), st.sampled_from([{}, {"medium": "cd"}, {"areas": ["a/adult"]}])
    ),
    max_size=25,
)


def admissible(moves):
    """The history that is left when each refused fact is left out, as it would be in the ledger."""
    history, now = (
        [Fact(START, "report.failed", {"areas": {"a/adult": "not-acceptable", "phantom": "not-acceptable"}})],
        START,
    )
    for hours, kind, about in moves:
        now += timedelta(hours=hours)
        if isinstance(DIAGNOSTIC.admit(history, Fact(now, kind, about)), Admitted):
            history.append(Fact(now, kind, about))
    return history, now


@given(steps)
@settings(max_examples=60)
def test_an_option_shown_as_open_is_admitted_and_one_shown_as_closed_is_refused_with_the_same_words(moves):
    history, now = admissible(moves)
    decision = DIAGNOSTIC.decide(history, now)
    for option in decision.options:
        assert isinstance(DIAGNOSTIC.admit(history, Fact(now, f"option.{option.id}")), Admitted)
    for name, refusal in decision.refused.items():
        answer = DIAGNOSTIC.admit(history, Fact(now, f"option.{name}"))
        assert not isinstance(answer, Admitted)
        assert answer.kind in {refusal.kind, "too-late", "ended", "not-now"}


@given(steps)
@settings(max_examples=60)
def test_somebody_has_the_turn_until_the_case_ends_and_every_answer_cites_its_clauses(moves):
    history, now = admissible(moves)
    decision = DIAGNOSTIC.decide(history, now)
    assert decision.ended or decision.holder
    for because in [o.because for o in decision.options] + [r.because for r in decision.refused.values()]:
        assert because.clauses
        assert because.sentence
    assert all(step.because.clauses for step in decision.steps)


@given(steps)
@settings(max_examples=60)
def test_the_past_stays_as_it_was_when_facts_are_added(moves):
    history, _ = admissible(moves)
    for length in range(1, len(history)):
        if history[length].at > history[length - 1].at:
            before = DIAGNOSTIC.decide(history[:length], history[length - 1].at).standing
            whole = [s for s in DIAGNOSTIC.decide(history, history[-1].at).steps if s.fact is history[length - 1]]
            assert whole[0].standing == before


@given(steps)
@settings(max_examples=40)
def test_a_report_is_appealed_at_most_once(moves):
    history, now = admissible(moves)
    appealed = False
    for step in DIAGNOSTIC.decide(history, now).steps:
        if step.fact.kind in {"report.failed", "form.late-accepted"}:
            appealed = False
        if step.fact.kind == "option.appeal":
            assert not appealed
            appealed = True


@given(steps)
@settings(max_examples=60)
def test_what_is_asked_for_alone_is_what_the_whole_answer_says(moves):
    history, now = admissible(moves)
    whole, alone = DIAGNOSTIC.decide(history, now), DIAGNOSTIC.decide(history, now)
    assert alone.dates == ((whole.term.opens, whole.term.due) if whole.term else (None, None))
    early = [no for no in whole.refused.values() if no.kind in {"too-early", "waiting"}]
    assert alone.early == (early[0] if early else None)
    assert [o.id for o in whole.options] == [o.id for o in alone.options]
    assert {o.id for o in whole.options} | set(whole.refused) == set(whole.rev.options)
    assert not {o.id for o in whole.options} & set(whole.refused)
