"""Which sources are read: the shipped catalogue, and the newsroom's own ``sources.toml`` over it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import soupsieve

from pipeline.errors import ConfigurationError
from pipeline.model import Source
from pipeline.sources.address import web_address

_FIELDS = (
    "key",
    "name",
    "home",
    "language",
    "feed",
    "listing",
    "item_selector",
    "link_selector",
    "enabled",
    "standing",
)
_KEY = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def shipped() -> tuple[Source, ...]:
    """Return the sources that come with the program."""
    return load(Path(__file__).with_name("catalogue.toml"))


def load(path: Path) -> tuple[Source, ...]:
    """Read a catalogue in its order; raise ConfigurationError naming file, source and field.

    An entry of only ``key`` and ``enabled = false`` becomes a disabled source without addresses, for ``merge``.
    """
    found: dict[str, Source] = {}
    for place, table in enumerate(_tables(path), start=1):
        source = _source(table, where=f"{path}: source {_label(table, place)}")
        if source.key in found:
            raise ConfigurationError(
                f"{path}: source {source.key!r} stands there twice; give each a key of its own"
            )
        found[source.key] = source
    return tuple(found.values())


def merge(shipped: Iterable[Source], own: Iterable[Source]) -> tuple[Source, ...]:
    """Return the shipped sources with the newsroom's own in their place by key, new ones after them."""
    merged = {source.key: source for source in shipped}
    for source in own:
        if source.home:
            merged[source.key] = source
        elif source.key in merged:
            merged[source.key] = replace(merged[source.key], enabled=False)
        else:
            raise ConfigurationError(
                f"sources.toml: source {source.key!r} is switched off but not known{nearest(source.key, merged)}; give its shipped key or leave it out"
            )
    return tuple(merged.values())


def _tables(path: Path) -> list[dict[str, Any]]:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ConfigurationError(
            f"{path}: cannot be read ({error.strerror}); put the newsroom's sources there"
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path}: is not UTF-8 (byte {error.start}); save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{path}: is not valid TOML ({error}); mend that line") from error
    unknown = next((name for name in content if name != "source"), None)
    tables = content.get("source", [])
    if (
        unknown is not None
        or not isinstance(tables, list)
        or not all(isinstance(table, dict) for table in tables)
    ):
        raise ConfigurationError(
            f"{path}: holds {unknown or 'source'!r} where only [[source]] tables belong; write each as [[source]]"
        )
    return tables


def _label(table: Mapping[str, Any], place: int) -> str:
    key = table.get("key")
    return repr(key) if isinstance(key, str) else f"number {place}"


def _source(table: Mapping[str, Any], *, where: str) -> Source:
    for name in table:
        if name not in _FIELDS:
            raise ConfigurationError(
                f"{where}: unknown field {name!r}{nearest(name, _FIELDS)}; the fields are {', '.join(_FIELDS)}"
            )
    _require(_KEY.fullmatch(_text(table, "key", where)), where, "key", "small letters, digits and hyphens")
    if set(table) == {"key", "enabled"} and table["enabled"] is False:
        return Source(key=table["key"], name=table["key"], home="", language="und", enabled=False)
    return _whole(table, where=where)


def _whole(table: Mapping[str, Any], *, where: str) -> Source:
    enabled, standing = table.get("enabled", True), table.get("standing", 0.5)
    language = _text(table, "language", where)
    _require(_LANGUAGE.fullmatch(language), where, "language", "en, zh or another language tag")
    _require(isinstance(enabled, bool), where, "enabled", "true or false")
    number = isinstance(standing, int | float) and not isinstance(standing, bool)
    _require(number and 0 <= standing <= 1, where, "standing", "a number from 0 to 1")
    _require(
        "feed" in table or "listing" in table,
        where,
        "feed",
        "the address of its feed, or give listing, that of a page with its headlines",
    )
    return Source(
        key=table["key"],
        name=_text(table, "name", where),
        home=_address(table, "home", where),
        language=language,
        feed=_address(table, "feed", where) if "feed" in table else None,
        listing=_address(table, "listing", where) if "listing" in table else None,
        item_selector=_selector(table, "item_selector", where),
        link_selector=_selector(table, "link_selector", where),
        enabled=enabled,
        standing=float(standing),
    )


def _text(table: Mapping[str, Any], name: str, where: str) -> str:
    text = table.get(name)
    _require(isinstance(text, str) and text.strip() and text.isprintable(), where, name, "a text of one line")
    return str(text).strip()


def _address(table: Mapping[str, Any], name: str, where: str) -> str:
    address = web_address(_text(table, name, where))
    _require(address, where, name, "an address that begins with http:// or https://")
    return str(address)


def _selector(table: Mapping[str, Any], name: str, where: str) -> str | None:
    if name not in table:
        return None
    selector = _text(table, name, where)
    try:
        soupsieve.compile(selector)
    except soupsieve.SelectorSyntaxError as error:
        raise ConfigurationError(
            f"{where}: {name} {selector!r} is no CSS selector; mend it or leave it out"
        ) from error
    return selector


def _require(fine: object, where: str, name: str, wanted: str) -> None:
    if not fine:
        raise ConfigurationError(f"{where}: {name} is missing or wrong; give {wanted}")


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a hint at the known name most like ``name``; empty when none is."""
    close = get_close_matches(name, list(known), n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""
