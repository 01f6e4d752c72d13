"""The layers hold, and each of their contracts notices when it is broken."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(folder), "COLUMNS": "200"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        pytest.param(
            "pipeline/store/articles.py",
            "import pipeline.jobs.run",
            "The faces stand on the jobs",
            id="upwards",
        ),
        pytest.param(
            "pipeline/select/ranking.py",
            "import pipeline.fetch.http",
            "The stages do not know",
            id="stage to stage",
        ),
        pytest.param(
            "subscribers/life.py",
            "import pipeline.model",
            "The list stands alone",
            id="subscribers to pipeline",
        ),
        pytest.param(
            "pipeline/render/view.py",
            "import subscribers.store",
            "What judges knows nobody",
            id="stage to people",
        ),
    ],
)
def test_a_broken_layer_is_noticed(tmp_path: Path, module: str, line: str, contract: str) -> None:
    for name in ("pipeline", "subscribers"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    with (tmp_path / module).open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    linted = lint_imports(tmp_path)
    assert linted.returncode != 0
    verdict = next(row for row in linted.stdout.splitlines() if row.startswith(contract))
    assert verdict.endswith("BROKEN")


def test_the_layers_hold() -> None:
    linted = lint_imports(ROOT)
    assert linted.returncode == 0, linted.stdout
