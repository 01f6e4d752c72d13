"""The sources, as the last collect left them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pipeline.app import Newsroom
from pipeline.doctor.finding import Finding, ok, problem, warning
from pipeline.jobs.health import Health, Status, health_of_all

_NAMED = 5


def sources(newsroom: Newsroom) -> Iterator[Finding]:
    """Say how many sources are enabled, which do not fare well and why, and whether enough are left for an issue."""
    found = [health for health in health_of_all(newsroom) if health.source.enabled]
    if not found:
        yield problem(
            "no source is enabled", remedy="add some to sources.toml, or set [sources] shipped = true"
        )
        return
    failing = [health for health in found if health.status is Status.FAILING]
    never = [health.source.key for health in found if health.status is Status.NEVER]
    yield _counted(enabled=len(found), tried=len(found) - len(never), failing=len(failing))
    if never:
        yield warning(f"{len(never)} never read yet: {_named(never)}", remedy="read them: metabrief collect")
    silent = [health for health in found if health.status is Status.SILENT]
    for reason, keys in _by_reason((*failing, *silent)).items():
        yield warning(
            f"{_named(keys)}: {reason}", remedy=f"metabrief sources check {' '.join(keys[:_NAMED])}"
        )


def _by_reason(unwell: Iterable[Health]) -> dict[str, list[str]]:
    """Put together what has one cause: without a network all sources fail alike."""
    found: dict[str, list[str]] = {}
    for health in unwell:
        found.setdefault(health.last_error or "", []).append(health.source.key)
    return found


def _named(keys: Sequence[str]) -> str:
    """Return the first few of some keys, and how many there are when that is not all."""
    return ", ".join(keys[:_NAMED]) + (f" and {len(keys) - _NAMED} more" if len(keys) > _NAMED else "")


def _counted(*, enabled: int, tried: int, failing: int) -> Finding:
    """Judge by the quorum: with fewer than half of the sources an issue is held."""
    well = tried - failing
    if 2 * well < tried:
        return problem(
            f"only {well} of {tried} could be read the last time; with fewer than half an issue is held as thin",
            remedy="see whether this machine reaches the web, then: metabrief sources check",
        )
    return ok(f"{enabled} enabled" + (f", {well} read well the last time" if tried else ""))
