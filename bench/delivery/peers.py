"""Other programs that send mail, each sending what ours sends."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import tempfile
import time
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiosmtplib
import uvloop

from bench.delivery.mails import RECIPIENT, SENDER
from bench.delivery.sink import SOURCE, MissingError, program
from pipeline.deliver.message import Message

NODEMAILER = "10.6.0"
_SCRIPT = Path(__file__).with_name("nodemailer.mjs")
_FOLDER = Path("build") / "bench"


def smtp_source(port: int, *, size: int, messages: int, connections: int) -> float:
    """Return the messages a second of Postfix's smtp-source; it keeps its connections."""
    sessions = ["-d", "-s", str(connections), "-l", str(size), "-m", str(messages)]
    command = [program(SOURCE), *sessions, "-f", SENDER, "-t", RECIPIENT, f"127.0.0.1:{port}"]
    began = time.perf_counter()
    subprocess.run(command, check=True)  # noqa: S603
    return messages / (time.perf_counter() - began)


def smtplib_async(port: int, message: Message, *, messages: int, connections: int) -> float:
    """Return the messages a second of aiosmtplib, on the same loop as ours."""
    return uvloop.run(_aiosmtplib(port, message, messages, connections))


async def _aiosmtplib(port: int, message: Message, messages: int, connections: int) -> float:
    left = iter(range(messages))

    async def lane() -> None:
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False) as smtp:
            for _ in left:
                await smtp.sendmail(message.envelope_from, [message.recipient], message.content)

    began = time.perf_counter()
    await asyncio.gather(*(lane() for _ in range(connections)))
    return messages / (time.perf_counter() - began)


def nodemailer_raw(port: int, message: Message, *, messages: int, connections: int) -> float:
    """Return the messages a second of nodemailer's pool, the message being ready."""
    raw = b64encode(message.content).decode("ascii")
    return _nodemailer(port, {"raw": raw}, messages=messages, connections=connections)


def nodemailer_signed(
    port: int, issue: Mapping[str, Any], *, dkim: Mapping[str, str], messages: int, connections: int
) -> float:
    """Return the messages a second of nodemailer's pool, which sets and signs each reader's own."""
    order = {"issue": issue, "dkim": dkim}
    return _nodemailer(port, order, messages=messages, connections=connections)


def _nodemailer(port: int, order: Mapping[str, Any], *, messages: int, connections: int) -> float:
    common = {"port": port, "messages": messages, "connections": connections}
    envelope = {"from": SENDER, "to": RECIPIENT}
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump(common | envelope | dict(order), file)
        file.flush()
        command = [_node("node"), str(_SCRIPT), str(_FOLDER.resolve()), file.name]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603
    return messages / float(done.stdout)


def ready_nodemailer() -> None:
    """Install nodemailer into the build folder, if it is not there. Raises ``MissingError``."""
    package = _FOLDER / "node_modules" / "nodemailer" / "package.json"
    if package.exists() and json.loads(package.read_text(encoding="utf-8"))["version"] == NODEMAILER:
        return
    _FOLDER.mkdir(parents=True, exist_ok=True)
    quiet = ["--no-save", "--no-audit", "--no-fund", "--loglevel=error"]
    command = [_node("npm"), "install", *quiet, "--prefix", str(_FOLDER), f"nodemailer@{NODEMAILER}"]
    try:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
    except subprocess.CalledProcessError as error:
        raise MissingError("nodemailer could not be installed; npm has said why") from error


def _node(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise MissingError(f"{name} is not here, and nodemailer needs it: apt-get install nodejs npm")
    return found
