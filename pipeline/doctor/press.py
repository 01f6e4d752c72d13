"""The sources, as the last collect left them."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.app import Newsroom
from pipeline.doctor.finding import Finding, ok, problem, warning
from pipeline.jobs.health import Status, health_of_all

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
        named = ", ".join(never[:_NAMED]) + (", …" if len(never) > _NAMED else "")
        yield warning(f"{len(never)} never read yet: {named}", remedy="read them: metabrief collect")
    for health in (*failing, *(each for each in found if each.status is Status.SILENT)):
        key = health.source.key
        yield warning(f"{key}: {health.last_error}", remedy=f"metabrief sources check {key}")


def _counted(*, enabled: int, tried: int, failing: int) -> Finding:
    """Judge by the quorum: with fewer than half of the sources an issue is held."""
    well = tried - failing
    if 2 * well < tried:
        return problem(
            f"only {well} of {tried} could be read the last time; with fewer than half an issue is held as thin",
            remedy="see whether this machine reaches the web, then: metabrief sources check",
        )
    return ok(f"{enabled} enabled" + (f", {well} read well the last time" if tried else ""))
