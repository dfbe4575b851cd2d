"""How a source file looks: short, without imports in the middle, without a query in a view."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[2]
LONGEST_FILE = 400
LONGEST_FUNCTION = 60


def sources() -> Iterator[Path]:
    return (path for path in (HOUSE / "src").rglob("*.py") if "migrations" not in path.parts)


def told(path: Path) -> str:
    return str(path.relative_to(HOUSE))


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def test_no_file_is_longer_than_400_lines() -> None:
    lengths = {told(path): len(path.read_text().splitlines()) for path in sources()}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_no_function_is_longer_than_60_lines() -> None:
    too_long = {}
    for path in sources():
        for function in functions(ast.parse(path.read_text())):
            length = (function.end_lineno or function.lineno) - function.lineno + 1
            if length > LONGEST_FUNCTION:
                too_long[f"{told(path)}:{function.lineno} {function.name}"] = length
    assert too_long == {}


def test_a_view_asks_queries_and_never_a_table() -> None:
    """Rows of another facility stay out of reach when only queries, which know who asks, can reach rows at all."""
    managers = {"objects", "_default_manager", "_base_manager"}
    reached = [
        f"{told(path)}:{node.lineno}"
        for path in sources()
        if path.stem == "views" or path.parent.name == "views"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in managers
    ]
    assert reached == []


def test_imports_stand_at_the_top_of_a_file() -> None:
    inside = [
        f"{told(path)}:{node.lineno}"
        for path in sources()
        for function in functions(ast.parse(path.read_text()))
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert inside == []


def test_rooms_speak_by_calls_and_not_by_signals() -> None:
    heard = [
        told(path) for path in sources() if "django.dispatch" in path.read_text() or ".signals" in path.read_text()
    ]
    assert heard == []
