"""A name server on loopback, over UDP and TCP: it says what a test wrote down, and can fail or keep silent."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.resolver
import dns.rrset
from dns.rcode import Rcode
from dns.rdatatype import RdataType

SILENT, SERVFAIL, GARBAGE = "silent", "servfail", "garbage"
Zone = Mapping[str, tuple[str, ...] | str]
"""What stands at ``NAME TYPE``: records as in a zone file, or one of the three above, for ``NAME ANY`` of every type."""
ROOT: Zone = {". NS": ("a.root.example.",)}


def quoted(text: str) -> str:
    """Return a TXT record as a zone file has it, in strings of at most 255 octets."""
    escaped = [
        text[at : at + 200].replace("\\", "\\\\").replace('"', '\\"') for at in range(0, len(text), 200)
    ]
    return " ".join(f'"{part}"' for part in escaped)


@contextmanager
def resolver(zone: Zone) -> Iterator[dns.resolver.Resolver]:
    """Serve a zone; whoever asks the resolver asks that server alone."""
    with socket.create_server(("127.0.0.1", 0)) as stream, socket.socket(type=socket.SOCK_DGRAM) as packets:
        packets.bind(stream.getsockname())
        threads = [
            threading.Thread(target=_packets, args=(packets, zone)),
            threading.Thread(target=_streams, args=(stream, zone)),
        ]
        for thread in threads:
            thread.start()
        found = dns.resolver.Resolver(configure=False)
        found.nameservers, found.port = ["127.0.0.1"], stream.getsockname()[1]
        try:
            yield found
        finally:
            _end(stream.getsockname())
            for thread in threads:
                thread.join()


def _end(address: tuple[str, int]) -> None:
    """Tell both threads to end: an empty packet, and a connection that says nothing."""
    with socket.socket(type=socket.SOCK_DGRAM) as packet:
        packet.sendto(b"", address)
    socket.create_connection(address).close()


def _packets(server: socket.socket, zone: Zone) -> None:
    while True:
        asked, whom = server.recvfrom(4096)
        if not asked:
            return
        said = _answer(asked, zone)
        if said is None:
            continue
        if len(said) > 1232:
            cut = dns.message.make_response(dns.message.from_wire(asked))
            cut.flags |= dns.flags.TC
            said = cut.to_wire()
        server.sendto(said, whom)


def _streams(server: socket.socket, zone: Zone) -> None:
    while True:
        line, _ = server.accept()
        with line, line.makefile("rb") as file:
            head = file.read(2)
            if not head:
                return
            said = _answer(file.read(struct.unpack("!H", head)[0]), zone) or b""
            line.sendall(struct.pack("!H", len(said)) + said)


def _answer(asked: bytes, zone: Zone) -> bytes | None:
    """Return what the zone says to a question, None for silence."""
    question = dns.message.from_wire(asked)
    (wanted,) = question.question
    kind = RdataType.to_text(wanted.rdtype)
    known = {**ROOT, **zone}
    names = {each.split()[0] for each in known}
    name = wanted.name.to_text().rstrip(".") or "."
    said = known.get(f"{name} ANY", known.get(f"{name} {kind}", ()))
    response = dns.message.make_response(question)
    response.flags |= dns.flags.RA
    if said == SILENT:
        return None
    if said == GARBAGE:
        return asked[:2] + b"\x81\x80\x00\x01\x00\xff" + b"\xc0\x0c" * 20
    if said == SERVFAIL:
        response.set_rcode(Rcode.SERVFAIL)
    elif said:
        response.answer.append(dns.rrset.from_text_list(wanted.name, 60, "IN", kind, said))
    elif name not in names:
        response.set_rcode(Rcode.NXDOMAIN)
    return response.to_wire(max_size=65535)
