"""The rules can be read, asked and proved with nothing but Python."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SOURCES = Path(__file__).resolve().parents[2] / "src"
MODULES = sorted(
    ".".join(path.relative_to(SOURCES).with_suffix("").parts).removesuffix(".__init__")
    for path in (SOURCES / "reaccredit" / "policy").rglob("*.py")
)


def alone(code: str) -> subprocess.CompletedProcess[str]:
    """Run by an interpreter that has no installed package to offer."""
    prepared = f"import sys; sys.path.insert(0, {str(SOURCES)!r}); {code}"
    return subprocess.run([sys.executable, "-S", "-E", "-c", prepared], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("module", [name for name in MODULES if not name.endswith("__main__")])
def test_the_rule_core_needs_the_standard_library_only(module: str) -> None:
    assert alone(f"import {module}").stderr == ""


def test_an_interpreter_without_packages_would_notice() -> None:
    assert "ModuleNotFoundError" in alone("import django").stderr
