"""The matrix of a revision as a Markdown table, with when each form opens and is due."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reaccredit.policy.describing import in_words, opening_in_words, term_in_words
from reaccredit.policy.exporting import asking
from reaccredit.policy.revision import Revision, Window


def markdown(rev: Revision) -> str:
    return "\n".join(_lines(rev)) + "\n"


def _lines(rev: Revision) -> Iterator[str]:
    yield f"# {rev.title}, revision {rev.revision}"
    yield ""
    yield from _row("Where", "Standing", "Options", "Clauses")
    yield from _row(*["---"] * 4)
    for row in rev.offers:
        where = "; ".join(rev.stages[name].title for name in asking(rev, row))
        notes = [rev.clauses[name].says for name in row.silent]
        options = "; ".join([*(rev.options[name].title for name in row.options), *notes])
        yield from _row(where, in_words(rev, row.when) or "any", options, ", ".join(row.cites))
    if rev.windows:
        yield ""
        yield from _row("Form", "Standing", "Opens", "Due", "Clauses")
        yield from _row(*["---"] * 5)
    for form in rev.windows:
        opens, due = opening_in_words(rev, form.opens), "; ".join(_dues(rev, form))
        yield from _row(
            rev.stages[form.stage].title, in_words(rev, form.when) or "any", opens, due, ", ".join(_cites(form))
        )


def _dues(rev: Revision, form: Window) -> Iterator[str]:
    waits = [form.due] if form.due else rev.stages[form.stage].dues
    yield from (term_in_words(rev, wait) for wait in waits)
    yield from (f"{rev.options[name].title}: {term_in_words(rev, wait)}" for name, wait in form.terms.items())


def _cites(form: Window) -> Iterable[str]:
    waits = ([form.due] if form.due else []) + list(form.terms.values())
    return dict.fromkeys([*form.opens.cites, *(name for wait in waits for name in wait.cites)])


def _row(*cells: str) -> Iterator[str]:
    yield f"| {' | '.join(cell.replace('|', '/').replace(chr(10), ' ') for cell in cells)} |"
