"""The wheel holds everything: installed into an empty environment, it runs the demo."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel with what is installed here, asking nobody."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    [built] = folder.glob("*.whl")
    return built


@pytest.mark.parametrize(
    "name",
    [
        "pipeline/_templates/issue/issue.mjml.j2",
        "pipeline/_templates/text/issue.txt.j2",
        "pipeline/_templates/web/leave.html.j2",
        "pipeline/_samples/newsroom/sites.toml",
        "pipeline/sources/catalogue.toml",
        "pipeline/select/advice.toml",
        "pipeline/select/lexicon.toml",
        "pipeline/summarise/prompts/summary.md",
        "pipeline/starter/metabrief.toml",
        "subscribers/bounces/diagnostics.toml",
        "pipeline/store/migrations/versions/0001_the_first_tables.py",
    ],
)
def test_the_wheel_holds_templates_and_data(wheel: Path, name: str) -> None:
    assert name in zipfile.ZipFile(wheel).namelist()


def test_the_wheel_runs_the_demo_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    """Its libraries are lent by a path file, for tests ask no package index; of the checkout it knows nothing."""
    empty = tmp_path / "empty"
    venv.create(empty, with_pip=False, symlinks=True)
    python = empty / "bin" / "python"
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(python),
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
    ]
    subprocess.run([*pip, str(wheel)], check=True, capture_output=True)
    site = empty / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    runs = subprocess.run(
        [str(empty / "bin" / "metabrief"), "demo", "--keep", "kept"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert runs.returncode == 0, runs.stderr
    assert len(list((tmp_path / "kept" / "mail" / "new").iterdir())) == 12
    assert "江畔观察" in runs.stdout
