"""Ask a language model at any OpenAI-compatible endpoint, within limits of time, tokens and cost.

Nothing it does or says is an error of ours: what brings no answer is a reply with its reason.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any

import httpx
import openai
from pydantic import BaseModel, Field, ValidationError

from pipeline.summarise.llm import Budget, Endpoint, Reply, Task

CONNECTIONS = 4
"""Questions at once: enough for an issue within its time, few enough for a small server of one's own."""
MOST_OCTETS = 1_000_000
"""Of an answer; what a summary needs is a thousandth of it."""
TRIES = 3
FAILURES = 3
"""After so many in a row that are the server's fault, an issue asks no more."""
_PAUSE_SECONDS = 0.5
_OVERHEAD_TOKENS = 50
_REFUSED_KEY = (401, 403)
_NOT_UNDERSTOOD = (400, 404, 405, 415, 422, 500, 501)
"""How servers turn away a form of question that they do not know; 500 means that only until one was understood."""
_BUSY = (408, 409, 429, 500, 502, 503, 504, 529)


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Usage(BaseModel):
    prompt_tokens: int = Field(ge=0, le=10**9)
    completion_tokens: int = Field(ge=0, le=10**9)


class _Completion(BaseModel):
    choices: list[_Choice]
    usage: Any = None


class _TooLargeError(httpx.TransportError):
    """An answer that is longer than any can be, or packed."""


class Model:
    """One issue's talk with a model; an async context, for it holds connections."""

    def __init__(self, endpoint: Endpoint, budget: Budget) -> None:
        self._endpoint = endpoint
        self._budget = budget
        self._places = asyncio.Semaphore(CONNECTIONS)
        self._until = asyncio.get_running_loop().time() + endpoint.issue_timeout.total_seconds()
        self._form, self._is_understood = 0, False
        self._failures = 0
        self._given_up = ""
        self._http = httpx.AsyncClient(
            headers={"Accept-Encoding": "identity"}, event_hooks={"response": [_bound]}
        )
        self._client = openai.AsyncOpenAI(
            base_url=endpoint.base_url,
            api_key=endpoint.api_key or "none",
            max_retries=0,
            timeout=None,  # each question has its own, of the whole
            http_client=self._http,  # type: ignore[arg-type]  # every version of the client takes it
        )

    async def __aenter__(self) -> Model:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def ask(self, task: Task) -> Reply:
        """Ask for one answer; a reply without words says why."""
        async with self._places:
            if self._given_up:
                return Reply(reason=self._given_up)
            left = self._until - asyncio.get_running_loop().time()
            if left <= 0:
                return Reply(reason="no time left")
            try:
                async with asyncio.timeout(min(left, self._endpoint.timeout.total_seconds())):
                    return await self._answer(task)
            except TimeoutError:
                return self._failed("time-out")
            except openai.APIStatusError as error:
                return self._failed(f"HTTP {error.status_code}", is_final=error.status_code in _REFUSED_KEY)
            except (openai.OpenAIError, httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
                return self._failed(_trouble(error))

    @property
    def _not_understood(self) -> tuple[int, ...]:
        return tuple(code for code in _NOT_UNDERSTOOD if code != 500 or not self._is_understood)

    def _failed(self, reason: str, *, is_final: bool = False) -> Reply:
        self._failures += 1
        if is_final or self._failures >= FAILURES:
            self._given_up = f"{reason}: given up"
        return Reply(reason=reason)

    async def _answer(self, task: Task) -> Reply:
        """Ask in the form that the server understands: by schema if it can. Raises what the client does."""
        forms = _forms(task, self._endpoint.answer_tokens)
        for at in range(self._form, len(forms)):
            try:
                body = await self._sent(task, forms[at])
            except openai.APIStatusError as error:
                if error.status_code not in self._not_understood or at == len(forms) - 1:
                    raise
                continue
            if body is None:
                return Reply(reason="no tokens left")
            self._form, self._failures, self._is_understood = at, 0, True
            return _reply(body, task)
        return Reply(reason="bad answer")

    async def _sent(self, task: Task, form: Mapping[str, Any]) -> _Completion | None:
        """Send a question, again when the server is busy; None when the issue's tokens are used up."""
        messages = task.messages(f"article-{secrets.token_hex(16)}")
        for attempt in range(1, TRIES + 1):
            most = _most_tokens(messages), self._endpoint.answer_tokens
            if not self._budget.take(*most):
                return None
            try:
                return self._counted(await self._post(messages, form), most)
            except openai.APIStatusError as error:
                self._budget.settle(-most[0], -most[1])  # what is turned away is not billed
                if (
                    error.status_code in self._not_understood
                    or error.status_code not in _BUSY
                    or attempt == TRIES
                ):
                    raise
                pause = _pause_seconds(error.response.headers, attempt)
                if pause > self._endpoint.timeout.total_seconds():
                    raise
                await asyncio.sleep(pause)
            except openai.APIConnectionError as error:
                if isinstance(error.__cause__, httpx.ConnectError):
                    self._budget.settle(-most[0], -most[1])
                raise
        return None

    async def _post(self, messages: list[dict[str, str]], form: Mapping[str, Any]) -> bytes:
        raw = await self._client.chat.completions.with_raw_response.create(
            model=self._endpoint.model,
            messages=messages,  # type: ignore[arg-type]  # as plain tables
            stream=False,
            # a server of one's own may know no keys
            extra_headers={} if self._endpoint.api_key else {"Authorization": openai.Omit()},
            **form,
        )
        return raw.http_response.content

    def _counted(self, body: bytes, most: tuple[int, int]) -> _Completion:
        """Read an answer; what it did not use is given back. Without a count of its own all counts as used."""
        completion = _Completion(choices=[])
        with suppress(ValidationError):
            completion = _Completion.model_validate_json(body)
        with suppress(ValidationError):
            used = _Usage.model_validate(completion.usage)
            self._budget.settle(used.prompt_tokens - most[0], used.completion_tokens - most[1])
        return completion


def _forms(task: Task, answer_tokens: int) -> list[dict[str, Any]]:
    """Return the ways to ask, the best first: servers differ in what they take."""
    schema = task.form.model_json_schema(mode="serialization")
    strictly = {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": schema}}
    plain: dict[str, Any] = {"max_tokens": answer_tokens, "temperature": 0}
    return [
        {**plain, "response_format": strictly},
        {"max_completion_tokens": answer_tokens, "response_format": strictly},
        {**plain, "response_format": {"type": "json_object", "schema": schema}},
        plain,
    ]


def _reply(completion: _Completion, task: Task) -> Reply:
    choice = completion.choices[0] if completion.choices else None
    if choice is None:
        return _no_use("bad answer")
    if choice.message.refusal or choice.finish_reason == "content_filter":
        return _no_use("refused")
    if choice.finish_reason == "length":
        return _no_use("cut short")
    if not (choice.message.content or "").strip():
        return _no_use("empty")
    words = task.read(choice.message.content or "")
    return Reply(words=words, is_answer=True) if words is not None else _no_use("bad answer")


def _no_use(reason: str) -> Reply:
    return Reply(reason=reason, is_answer=True)


def _trouble(error: Exception) -> str:
    """Return what went wrong on the way, in words that hold nothing of the request."""
    causes = error, error.__cause__
    if any(isinstance(cause, _TooLargeError) for cause in causes):
        return "too large an answer"
    if any(isinstance(cause, httpx.ConnectError) for cause in causes):
        return "unreachable"
    if any(isinstance(cause, httpx.NetworkError | httpx.RemoteProtocolError) for cause in causes):
        return "connection cut"
    return "bad address or key"


def _pause_seconds(headers: Mapping[str, str], attempt: int) -> float:
    """Return how long to wait before another try: what the server asks for, else longer each time."""
    try:
        return max(0.0, float(headers["retry-after"]))
    except (KeyError, ValueError):
        return _PAUSE_SECONDS * attempt


def _most_tokens(messages: list[dict[str, str]]) -> int:
    """Return about the most tokens a question is: one for every two octets, so one and a half a Chinese character."""
    return sum(
        len(message["content"].encode("utf-8", "replace")) // 2 + _OVERHEAD_TOKENS for message in messages
    )


class _Bounded(httpx.AsyncByteStream):
    """A stream that ends in an error when it is longer than an answer can be."""

    def __init__(self, stream: httpx.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        octets = 0
        async for chunk in self._stream:
            octets += len(chunk)
            if octets > MOST_OCTETS:
                raise _TooLargeError("no answer is so long")
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()


async def _bound(response: httpx.Response) -> None:
    """Let no answer be read that is packed, or longer than one can be."""
    if response.headers.get("content-encoding", "identity") != "identity":
        raise _TooLargeError("no answer is so long")
    if isinstance(response.stream, httpx.AsyncByteStream):
        response.stream = _Bounded(response.stream)
