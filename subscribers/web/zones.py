"""The time zones one can choose from, named in the reader's language."""

from __future__ import annotations

from functools import cache, lru_cache
from html import escape
from importlib import resources
from itertools import groupby

_AREAS = {
    "Africa": "非洲",
    "America": "美洲",
    "Antarctica": "南极洲",
    "Arctic": "北极",
    "Asia": "亚洲",
    "Atlantic": "大西洋",
    "Australia": "澳大利亚",
    "Europe": "欧洲",
    "Indian": "印度洋",
    "Pacific": "太平洋",
}


@cache
def zone_options(language: str) -> str:
    """Return the options of a ``select`` as HTML, by continent; made once, for there are some four hundred."""
    groups = groupby(_zones(), key=lambda zone: zone.partition("/")[0])
    return "\n".join(
        f'<optgroup label="{_AREAS.get(area, area) if language == "zh" else area}">\n'
        f"{''.join(_option(zone, language) for zone in zones)}</optgroup>"
        for area, zones in groups
    )


@lru_cache(maxsize=1000)
def zone_name(zone: str, language: str) -> str:
    """Return the city that a zone is named after, in the reader's language where that is known."""
    from babel.dates import get_timezone_location

    try:
        return get_timezone_location(zone, locale=language, return_city=True)
    except LookupError:
        return zone.rpartition("/")[2].replace("_", " ")


def _option(zone: str, language: str) -> str:
    return f'<option value="{escape(zone)}">{escape(zone_name(zone, language))}</option>\n'


def _zones() -> tuple[str, ...]:
    """Return the zones of tzdata's ``zone.tab``, which holds no second names."""
    table = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    return tuple(sorted({row[2] for row in rows}))
