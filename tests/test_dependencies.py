"""Every library is earned: what is imported is declared, what is declared is imported."""

from __future__ import annotations

import ast
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DECLARED = {canonicalize_name(Requirement(line).name) for line in PROJECT["dependencies"]}
EXTRAS = {
    canonicalize_name(Requirement(line).name)
    for lines in PROJECT["optional-dependencies"].values()
    for line in lines
}
SILENT = {"python-multipart", "tzdata"}
"""Found without an import: what starlette reads forms with, and data."""
ASKED_FOR = {"jinja2", "mjml-python", "apscheduler", "httpx", "beautifulsoup4"}


def imported() -> set[str]:
    """Return the distributions that the two packages import, wherever in a module they do."""
    modules = {
        name.partition(".")[0]
        for package in ("pipeline", "subscribers")
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in names_of(node)
    }
    providers = packages_distributions()
    outside = modules - set(sys.stdlib_module_names) - {"pipeline", "subscribers"}
    return {canonicalize_name(name) for module in outside for name in providers[module]}


def names_of(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return [node.module]
    return []


def test_what_is_imported_is_declared() -> None:
    through_others = {
        "pydantic",
        "pydantic-core",
        "starlette",
    }  # pydantic-settings and fastapi are built on them
    assert imported() - DECLARED - EXTRAS - through_others == set()


def test_what_is_declared_is_imported() -> None:
    assert DECLARED - SILENT - imported() == set()


@pytest.mark.parametrize("name", sorted(ASKED_FOR))
def test_what_was_asked_for_is_at_work(name: str) -> None:
    assert name in imported()


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_the_locks_pin_by_hash_and_name_no_host(lock: str) -> None:
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith((" ", "#"))]
    assert all("==" in line for line in pins)
    assert sum("--hash=sha256:" in line for line in lines) >= len(pins)
    assert not any("://" in line or line.startswith("--") for line in lines)
    named = {canonicalize_name(line.partition("==")[0]) for line in pins}
    assert named >= DECLARED
