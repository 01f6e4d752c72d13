"""A server of the chat protocol on loopback, scripted to behave and to misbehave."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MODEL = "small-model"


@dataclass(frozen=True, kw_only=True)
class Question:
    """What a client asked."""

    body: Mapping[str, Any]
    headers: Mapping[str, str]

    @property
    def system(self) -> str:
        return str(self.body["messages"][0]["content"])

    @property
    def fence(self) -> str:
        return str(self.body["messages"][1]["content"]).split(">")[0].removeprefix("<")

    @property
    def text(self) -> str:
        """Return what stands within the fence."""
        content = self.body["messages"][1]["content"]
        found = re.fullmatch(r"<(article-[0-9a-f]{32})>\n(.*)\n</\1>", content, re.DOTALL)
        assert found, content
        return found[2]

    @property
    def translates(self) -> dict[str, str] | None:
        """Return the words to translate; None when a summary is asked for."""
        return json.loads(self.text) if self.text.startswith("{") else None


Reaction = Callable[[BaseHTTPRequestHandler], None]
Script = Callable[[Question], Reaction]


@dataclass(kw_only=True)
class ModelServer:
    """The running server, and what it was asked."""

    base_url: str
    script: Script
    asked: list[Question] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)


def completion(content: object, *, tokens: tuple[int, int] | None = (100, 20), **more: Any) -> dict[str, Any]:
    """Return the protocol's answer with one message; ``more`` goes into its choice."""
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": content},
        "finish_reason": "stop",
        **more,
    }
    usage = (
        {"prompt_tokens": tokens[0], "completion_tokens": tokens[1], "total_tokens": sum(tokens)}
        if tokens
        else None
    )
    return {
        "id": "1",
        "object": "chat.completion",
        "created": 1,
        "model": MODEL,
        "choices": [choice],
        "usage": usage,
    }


def gives(answer: object, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Reaction:
    """Answer with a body: bytes as they are, all else as JSON."""
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()

    def react(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"content-type": "application/json", **(headers or {})}.items():
            handler.send_header(name, value)
        handler.send_header("content-length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return react


def says(words: Mapping[str, str] | str, **more: Any) -> Reaction:
    """Answer with a message that holds these words as JSON, or this text."""
    return gives(
        completion(words if isinstance(words, str) else json.dumps(words, ensure_ascii=False), **more)
    )


def fails(status: int, **headers: str) -> Reaction:
    """Answer with an error of HTTP that quotes the key, as some servers do."""

    def react(handler: BaseHTTPRequestHandler) -> None:
        told = {"error": {"message": f"refused: {handler.headers.get('authorization')}"}}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        gives(told, status=status, headers=named)(handler)

    return react


def cuts(handler: BaseHTTPRequestHandler) -> None:
    """Promise more than comes, and hang up."""
    handler.send_response(200)
    handler.send_header("content-length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"choices": [')
    handler.close_connection = True


def pours(handler: BaseHTTPRequestHandler) -> None:
    """Write without an end."""
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(b" " * 65536)


@contextmanager
def serving(script: Script) -> Iterator[ModelServer]:
    """Run a server until the end of the block; ``script`` says how it reacts to each question."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            question = Question(
                body=body, headers={name.lower(): value for name, value in self.headers.items()}
            )
            server.asked.append(question)
            try:
                server.script(question)(self)
            except ConnectionError:
                self.close_connection = True  # the client has had enough

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    server = ModelServer(base_url=f"http://127.0.0.1:{http.server_port}/v1", script=script)
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        http.shutdown()
        thread.join()
        http.server_close()
