"""Whatever a model's server does, it comes to an answer or a reason, within time, tokens and cost."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.summarise.llm import SUMMARY, Budget, Endpoint, Limit, Reply, Task, load_prompts
from pipeline.summarise.llm_client import FAILURES, TRIES, Model
from tests.summarise.model_server import (
    MODEL,
    ModelServer,
    Question,
    Reaction,
    completion,
    cuts,
    fails,
    gives,
    pours,
    says,
    serving,
)

KEY = "sk-the-key-of-the-house"
PROMPTS = load_prompts(Path("none"))
SAID = "Wuhan opened a virtual reality hall of 900 square metres on Monday."
TASK = PROMPTS.to_sum_up("A hall opens", SAID, language="en", with_why=False)
GOOD = {SUMMARY: SAID}
LIMIT = Limit(tokens=100_000)


def endpoint(base_url: str, *, key: str | None = KEY, seconds: float = 10, issue: float = 20) -> Endpoint:
    return Endpoint(
        base_url=base_url,
        model=MODEL,
        api_key=key,
        timeout=timedelta(seconds=seconds),
        issue_timeout=timedelta(seconds=issue),
        answer_tokens=100,
    )


def ask(where: Endpoint, *tasks: Task, budget: Budget | None = None) -> list[Reply]:
    """Ask one after the other."""

    async def all_of_them() -> list[Reply]:
        async with Model(where, budget or Budget(LIMIT)) as model:
            return [await model.ask(task) for task in tasks or (TASK,)]

    return asyncio.run(all_of_them())


def reply_to(reaction: Reaction, **settings: Any) -> Reply:
    with serving(lambda _: reaction) as server:
        return ask(endpoint(server.base_url, **settings))[0]


def test_a_good_answer_is_read() -> None:
    assert reply_to(says(GOOD)) == Reply(words=GOOD, is_answer=True)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(f"```json\n{json.dumps(GOOD)}\n```", GOOD, id="in-a-code-block"),
        pytest.param(f"<think>It is about a hall.</think>{json.dumps(GOOD)}", GOOD, id="after-thinking-aloud"),
        pytest.param(json.dumps({SUMMARY: " A\u202e hall\u200b \nopened. "}), {SUMMARY: "A hall opened."}, id="unicode-tricks"),
    ],
)  # fmt: skip
def test_an_answer_is_read_as_plain_lines_however_it_is_packed(content: str, words: dict[str, str]) -> None:
    assert reply_to(says(content)) == Reply(words=words, is_answer=True)


BAD: Sequence[tuple[str, Reaction, str]] = (
    ("no choices", gives(completion("x") | {"choices": []}), "bad answer"),
    ("choices of another kind", gives(completion("x") | {"choices": "none"}), "bad answer"),
    ("nothing at all", gives(b""), "bad answer"),
    ("a page instead", gives(b"<html>Welcome</html>", headers={"content-type": "text/html"}), "bad answer"),
    ("an error with status 200", gives({"error": {"message": "no such model"}}), "bad answer"),
    ("depths of brackets", gives(b"[" * 100_000), "bad answer"),
    ("no content", gives(completion(None)), "empty"),
    ("blank content", says("  \n"), "empty"),
    ("parts as content", gives(completion([{"type": "text", "text": "{}"}])), "bad answer"),
    ("a refusal", gives(completion(None, message={"role": "assistant", "refusal": "I cannot help."})), "refused"),
    ("a filter", says(GOOD, finish_reason="content_filter"), "refused"),
    ("prose", says("The hall opened on Monday."), "bad answer"),
    ("half of it", says('{"summary": "The hall', finish_reason="length"), "cut short"),
    ("broken JSON", says('{"summary": "The hall}'), "bad answer"),
    ("other keys", says({"text": SAID}), "bad answer"),
    ("one key too many", says({**GOOD, "advice": "Buy."}), "bad answer"),
    ("a number as summary", says('{"summary": 900}'), "bad answer"),
    ("the wrong key", fails(401), "HTTP 401"),
    ("another place", gives(b"", status=302, headers={"location": "http://127.0.0.1:9/"}), "HTTP 302"),
    ("ten megabytes", says({SUMMARY: "a" * 10_000_000}), "too large an answer"),
    ("a packed bomb", gives(gzip.compress(b" " * 1_000_000), headers={"content-encoding": "gzip"}), "too large an answer"),
    ("an endless answer", pours, "too large an answer"),
    ("a cut connection", cuts, "connection cut"),
)  # fmt: skip


@pytest.mark.parametrize(("reaction", "reason"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_bad_answer_is_a_reason(reaction: Reaction, reason: str) -> None:
    reply = reply_to(reaction)
    assert (reply.reason, dict(reply.words)) == (reason, {})
    assert KEY not in repr(reply)


def test_a_server_that_does_not_answer_is_left_when_the_time_is_over() -> None:
    def waits(_: object) -> None:
        server.over.wait(20)

    with serving(lambda _: waits) as server:
        [reply] = ask(endpoint(server.base_url, seconds=0.2))
    assert reply.reason == "time-out"


def test_a_server_that_dribbles_is_left_when_the_time_is_over() -> None:
    def dribbles(handler: Any) -> None:
        handler.send_response(200)
        handler.end_headers()
        while not server.over.wait(0.02):
            handler.wfile.write(b" ")

    with serving(lambda _: dribbles) as server:
        [reply] = ask(endpoint(server.base_url, seconds=0.3))
    assert reply.reason == "time-out"


def test_a_server_that_is_not_there_is_a_reason() -> None:
    [reply] = ask(endpoint("http://127.0.0.1:9/v1"))
    assert reply.reason == "unreachable"


@pytest.mark.parametrize("key", ["钥匙", "two\nlines"])
def test_a_key_that_no_header_takes_is_a_reason(key: str) -> None:
    with serving(lambda _: says(GOOD)) as server:
        [reply] = ask(endpoint(server.base_url, key=key))
    assert (reply.reason, server.asked) == ("bad address or key", [])


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_server_is_asked_again(status: int) -> None:
    reactions = iter([fails(status, retry_after="0"), fails(status, retry_after="0"), says(GOOD)])
    with serving(lambda _: next(reactions)) as server:
        assert ask(endpoint(server.base_url)) == [Reply(words=GOOD, is_answer=True)]
    assert len(server.asked) == TRIES


def test_a_server_that_is_busy_for_an_hour_is_not_waited_for() -> None:
    with serving(lambda _: fails(429, retry_after="3600")) as server:
        assert ask(endpoint(server.base_url))[0].reason == "HTTP 429"
    assert len(server.asked) == 1


@pytest.mark.parametrize("status", [400, 422, 500])
def test_a_server_that_knows_no_schema_is_asked_in_plain_words_from_then_on(status: int) -> None:
    def old(question: Question) -> Reaction:
        return fails(status) if "response_format" in question.body else says(GOOD)

    with serving(old) as server:
        assert ask(endpoint(server.base_url), TASK, TASK) == [Reply(words=GOOD, is_answer=True)] * 2
    assert ["response_format" in each.body for each in server.asked] == [*[True] * 3, False, False]


def test_a_model_that_counts_its_thinking_is_asked_by_the_newer_key() -> None:
    def thinking(question: Question) -> Reaction:
        return fails(400) if "max_tokens" in question.body else says(GOOD)

    with serving(thinking) as server:
        assert ask(endpoint(server.base_url)) == [Reply(words=GOOD, is_answer=True)]
    assert server.asked[-1].body["max_completion_tokens"] == 100


def test_the_schema_allows_the_keys_of_the_answer_and_no_others() -> None:
    with serving(lambda _: says(GOOD)) as server:
        ask(endpoint(server.base_url))
    schema = server.asked[0].body["response_format"]["json_schema"]["schema"]
    assert (schema["required"], schema["additionalProperties"]) == ([SUMMARY], False)


def test_the_key_is_sent_when_there_is_one() -> None:
    with serving(lambda _: says(GOOD)) as server:
        ask(endpoint(server.base_url))
        ask(endpoint(server.base_url, key=None))
    assert [each.headers.get("authorization") for each in server.asked] == [f"Bearer {KEY}", None]


def test_the_fence_is_new_for_each_question() -> None:
    with serving(lambda _: says(GOOD)) as server:
        ask(endpoint(server.base_url), TASK, TASK)
    fences = {each.fence for each in server.asked}
    assert len(fences) == 2
    assert all(each.fence in each.system and SAID in each.text for each in server.asked)


@pytest.mark.parametrize(("status", "asked"), [(401, 1), (403, 1), (402, FAILURES)])
def test_a_server_that_only_fails_is_given_up(status: int, asked: int) -> None:
    with serving(lambda _: fails(status)) as server:
        replies = ask(endpoint(server.base_url), *[TASK] * 5)
    assert len(server.asked) == asked
    assert {reply.reason for reply in replies} == {f"HTTP {status}", f"HTTP {status}: given up"}


def used(server: ModelServer, limit: Limit, number: int = 5) -> tuple[Budget, list[Reply]]:
    budget = Budget(limit)
    return budget, ask(endpoint(server.base_url), *[TASK] * number, budget=budget)


def test_no_more_tokens_are_used_than_an_issue_may() -> None:
    with serving(lambda _: says(GOOD, tokens=(1000, 100))) as server:
        budget, replies = used(server, Limit(tokens=3000))
    assert (budget.tokens_in, budget.tokens_out) == (2000, 200)
    assert [reply.reason for reply in replies] == ["", "", *["no tokens left"] * 3]


def test_no_more_money_is_spent_than_an_issue_may() -> None:
    prices = {"price_in": 2.0, "price_out": 10.0}
    with serving(lambda _: says(GOOD, tokens=(1000, 100))) as server:
        budget, replies = used(server, Limit(tokens=10**9, cost=0.0085, **prices))
    assert budget.cost == pytest.approx(0.006)
    assert sum(not reply.reason for reply in replies) == 2


@pytest.mark.parametrize("usage", [None, {}, {"prompt_tokens": -5, "completion_tokens": 1}, "many"])
def test_a_server_that_does_not_count_is_counted_at_the_most(usage: object) -> None:
    answer = completion(json.dumps(GOOD)) | {"usage": usage}
    with serving(lambda _: gives(answer)) as server:
        budget, [reply] = used(server, LIMIT, number=1)
    assert reply.words == GOOD
    assert budget.tokens_in > len(SAID) // 4
    assert budget.tokens_out == 100


def test_an_issue_asks_no_more_when_its_time_is_over() -> None:
    with serving(lambda _: says(GOOD)) as server:
        [reply] = ask(endpoint(server.base_url, issue=0))
    assert (reply.reason, server.asked) == ("no time left", [])
