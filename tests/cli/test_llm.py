"""An issue whose words a model may write, from the outside: it goes out whatever the model does, and says how."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Metabrief, add_settings
from tests.summarise.model_server import MODEL, Question, Reaction, Script, fails, says, serving

KEY = "sk-the-key-of-the-house"
FIRST = "2022-02-22"
LLM = """
[summarise]
method = "llm"

[llm]
base_url = "{base_url}"
model = "{model}"
"""


def quoting(question: Question) -> Reaction:
    """Sum up by the first line of what is shown; translate nothing."""
    lead = question.text.split("\n")[2] if not question.translates else ""
    return says(
        {"summary": lead, "why_it_matters": ""} if lead else dict.fromkeys(question.translates or {}, "")
    )


def denying(_: Question) -> Reaction:
    return fails(401)


@pytest.mark.parametrize(("script", "made"), [(quoting, "summary: model"), (denying, "summary: extractive")])
def test_an_issue_goes_out_and_says_how_its_words_were_made(
    metabrief: Metabrief, home: Path, monkeypatch: pytest.MonkeyPatch, script: Script, made: str
) -> None:
    monkeypatch.setenv("METABRIEF_LLM__API_KEY", KEY)
    with serving(script) as server:
        add_settings(home, LLM.format(base_url=server.base_url, model=MODEL))
        ran = metabrief("--home", home, "run", "daily", "--slot", FIRST)
    assert ran.code == 0
    assert {each.headers.get("authorization") for each in server.asked} == {f"Bearer {KEY}"}
    items = metabrief("--home", home, "issues", "why", "latest", "--json").json["items"]
    assert items
    assert all(any(line.startswith("summary: ") for line in item["why"]) for item in items)
    assert any(line.startswith(made) for item in items for line in item["why"])
    told = [line for line in ran.err.splitlines() if '"words"' in line]
    assert json.loads(told[0])["items"] == len(items)
    assert KEY not in ran.out + ran.err
    shown = metabrief("--home", home, "issues", "show", "latest", "--json").json["items"]
    assert all(item["headline"] and item["summary"] for item in shown)
    assert not any(put["is_by_machine"] for item in shown for put in item["translations"])


def test_without_a_model_named_the_keys_are(metabrief: Metabrief, home: Path) -> None:
    add_settings(home, '\n[summarise]\nmethod = "llm"\n')
    ended = metabrief("--home", home, "compose", "daily", "--slot", FIRST)
    assert ended.code == 2
    assert "[llm] base_url, [llm] model" in ended.err
