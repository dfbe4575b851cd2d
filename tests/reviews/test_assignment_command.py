"""`reaccredit assign`: an answer, or a sentence that names the key; never a traceback."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reaccredit.project import command
from reaccredit.reviews.assignment import jsonform, reading
from reaccredit.reviews.assignment.form import BadProblem
from tests.reviews.test_assignment_rules import ALL, FACILITY, ITEM, SISTER

DOCS = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "assign-readers.md"
PEOPLE = [{"id": who, "roles": ["reviewer"], "authorisations": [ALL]} for who in ("ann", "bob", "cleo")]


def made(**more: Any) -> dict[str, Any]:
    return {"schema": 1, "on": "2026-11-23", "facilities": [FACILITY, SISTER], "people": PEOPLE, "items": [ITEM]} | more


@pytest.fixture
def ask(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    def run(data: Any, *more: str) -> tuple[int, str, str]:
        file = tmp_path / "problem.json"
        file.write_text(data if isinstance(data, str) else json.dumps(data))
        code = command.main(["assign", "solve", str(file), *more])
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


def test_an_assignment_comes_with_its_reasons_and_a_receipt(ask: Any) -> None:
    code, out, err = ask(made(seed=3), "--json")
    answer = json.loads(out)
    assert (code, err) == (0, "")
    (row,) = answer["assignment"]
    assert len(row["people"]) == 2
    assert all(one["because"] for one in row["people"])
    assert len(row["why_not"]) == 1
    assert answer["receipt"]["seed"] == 3
    assert answer["gap"] == 0
    assert answer["receipt"]["problem"] == reading.read(made(seed=3)).digest


def test_one_item_is_explained_on_the_terminal(ask: Any) -> None:
    code, out, _ = ask(made(), "--explain", "i1")
    assert code == 0
    assert "1 items assigned" in out
    assert "  + " in out
    assert "  - " in out


def test_where_nothing_fits_the_exit_is_one_and_the_smallest_relaxation_is_told(ask: Any) -> None:
    people = [PEOPLE[0], PEOPLE[1] | {"employers": ["F1"]}]
    code, out, _ = ask(made(people=people))
    assert code == 1
    assert "i1 needs 2 people; those who may judge it can take 1 of these: ann (room for 6)." in out
    assert "1 rule set aside (the fewest that there are)" in out
    assert "conflict, i1: bob works for Harbor Imaging" in out
    code, out, _ = ask(made(people=people), "--json")
    relaxed = json.loads(out)["relaxation"]
    assert (code, relaxed["size"], relaxed["by_constraint"]) == (1, 1, {"conflict": ["i1"]})


def test_too_few_people_altogether_are_told_as_such(ask: Any) -> None:
    code, out, _ = ask(made(people=PEOPLE[:1]))
    assert code == 1
    assert "i1: 1 people too few, whatever is set aside" in out


BACKWARD = {"since": "2026-02-01", "until": "2026-01-01"}
AWAY = {"from": "2026-02-01", "to": "2026-01-01"}
BAD = [
    ("", "this is not JSON"),
    ("[" * 100_000, "this is not JSON"),
    ("[]", "the problem: expected an object"),
    ("{}", "schema: is missing"),
    ('{"schema": 1, "schema": 1}', "schema: the key stands twice"),
    ('{"on": NaN}', "NaN is not a number"),
    (made(schema=2), "schema: expected one of 1, got 2"),
    (made(on="tomorrow"), "on: expected a day such as 2026-11-23, got 'tomorrow'"),
    (made(on="20261123"), "on: expected a day"),
    (made(seed=-1), "seed: expected a whole number"),
    (made(items={}), "items: expected a list"),
    (made(items=[ITEM | {"needs": 0}]), "items[0].needs: expected a whole number from 1 to 20, got 0"),
    (made(items=[ITEM | {"needs": True}]), "items[0].needs: expected a whole number"),
    (made(items=[ITEM | {"modalty": "CT"}]), "items[0].modalty: no such key here (did you mean modality?)"),
    (made(items=[ITEM, ITEM]), "items[1].id: 'i1' stands twice"),
    (made(items=[{k: v for k, v in ITEM.items() if k != "case"}]), "items[0].case: is missing"),
    (made(items=[ITEM | {"facility": "F9"}]), "items, i1: there is no facility 'F9' in facilities"),
    (made(items=[ITEM | {"assigned": ["ann", "ann"]}]), "items[0].assigned[1]: 'ann' stands twice"),
    (made(people=[PEOPLE[0] | {"id": " "}]), "people[0].id: expected text"),
    (made(people=[PEOPLE[0] | {"limit": 1e9}]), "people[0].limit: expected a whole number"),
    (made(people=[PEOPLE[0] | {"turnaround": -2}]), "people[0].turnaround: expected a number from 0"),
    (made(people=[PEOPLE[0] | {"relations": [{"kind": "envy", "facility": "F1"}]}]), "people[0].relations[0].kind: expected one of financial"),
    (made(people=[PEOPLE[0] | {"relations": [{"kind": "bias"}]}]), "people[0].relations[0]: name exactly one of facility, network"),
    (made(people=[PEOPLE[0] | {"employers": [{"employer": "x", **BACKWARD}]}]), "people[0].employers[0].until: 2026-01-01 lies before since"),
    (made(people=[PEOPLE[0] | {"availability": [AWAY]}]), "people[0].availability[0].to: 2026-01-01 lies before from"),
    (made(rules={"look_back_years": {"employment": -1}}), "rules.look_back_years.employment: expected a whole number"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "said"), BAD, ids=[said[:50] for _, said in BAD])
def test_a_bad_problem_is_a_sentence_with_the_path_of_the_key(ask: Any, data: Any, said: str) -> None:
    code, out, err = ask(data)
    assert (code, out) == (2, "")
    assert said in err
    assert "Traceback" not in err


def test_a_file_that_is_not_there_or_no_text_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    for name in ("absent.json", "binary", "."):
        assert command.main(["assign", "solve", str(tmp_path / name)]) == 2
        assert "cannot be read" in capsys.readouterr().err


def test_an_unknown_item_to_explain_is_a_sentence(ask: Any) -> None:
    assert ask(made(), "--explain", "i9")[::2] == (2, "--explain: there is no item 'i9' in the problem\n")


def test_a_problem_may_come_from_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(made())))
    assert command.main(["assign", "solve", "-", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["feasible"]


def test_a_name_that_is_nobodys_is_noted_because_a_slip_would_hide_a_conflict(ask: Any) -> None:
    _, out, _ = ask(made(items=[ITEM | {"earlier_readers": ["an"]}]), "--json")
    assert json.loads(out)["notes"] == ["items, i1: earlier_readers names 'an', who is not among the people"]


def test_nobody_and_nothing_are_no_error(ask: Any) -> None:
    assert ask(made(items=[]))[0] == 0
    assert ask(made(people=[]))[0] == 1
    assert ask(made(people=[], items=[]))[0] == 0


KEYS = st.sampled_from(["id", "schema", "on", "people", "items", "since"])
WORDS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda more: st.lists(more, max_size=2) | st.dictionaries(KEYS, more, max_size=3),
    max_leaves=6,
)


@given(WORDS)
def test_whatever_is_read_is_refused_with_a_sentence_where_it_is_no_problem(data: Any) -> None:
    with pytest.raises(BadProblem, match=r"\w+ "):
        reading.parse(json.dumps(data))


def test_the_schema_knows_every_key_that_is_read_and_every_key_that_is_answered(ask: Any) -> None:
    assert set(reading.schema()["properties"]) == set(reading.PROBLEM.keys)
    people = [PEOPLE[0], PEOPLE[1] | {"employers": ["F1"]}]
    for data in (made(), made(people=people)):
        _, out, _ = ask(data, "--json")
        fits(json.loads(out), jsonform.schema(), "")


def fits(value: Any, schema: dict[str, Any], path: str) -> None:
    """As much of JSON Schema as the answers need."""
    if "anyOf" in schema:
        schema = next(one for one in schema["anyOf"] if (one.get("type") == "null") == (value is None))
    if schema.get("type") == "object" and "properties" in schema:
        assert set(value) <= set(schema["properties"]), path
        assert set(schema["required"]) <= set(value), path
        for key, one in value.items():
            fits(one, schema["properties"][key], f"{path}.{key}")
    if schema.get("type") == "array":
        for index, one in enumerate(value):
            fits(one, schema["items"], f"{path}[{index}]")


def test_both_schemas_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["assign", "schema"]) == 0
    assert set(json.loads(capsys.readouterr().out)) == {"problem", "answer"}
    assert command.main(["assign", "schema", "problem"]) == 0
    assert json.loads(capsys.readouterr().out)["title"].startswith("An assignment problem")


def test_the_how_to_shows_a_problem_that_is_solved_and_names_every_key() -> None:
    page = DOCS.read_text()
    example = page.split("```json\n")[1].split("```")[0]
    assert reading.parse(example).items
    for table in (reading.PROBLEM, reading.ITEM, reading.PERSON, reading.FACILITY, reading.RULES):
        assert [key for key in table.keys if f"`{key}`" not in page] == []
