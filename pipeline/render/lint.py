"""Look a filled mail over before it leaves, one from this program or from anywhere else."""

from __future__ import annotations

from pipeline.render.anatomy import take_apart
from pipeline.render.duties import duties
from pipeline.render.hygiene import hygiene
from pipeline.render.specimen import Problem, Specimen, error

__all__ = ["Problem", "lint"]


def lint(
    html: str,
    text: str | None = None,
    *,
    postal_address: str | None = None,
    leave_url: str | None = None,
    why: str | None = None,
    disclaimers: tuple[str, ...] = (),
    allowed_hosts: tuple[str, ...] = (),
) -> tuple[Problem, ...]:
    """Return all problems of a mail whose fields are filled: duties first, then form; empty when it may leave.

    What is given must stand in both parts word for word; what is not given is looked for by its shape.
    ``text`` is ``None`` when only the HTML is at hand. ``allowed_hosts`` may be private.
    """
    anatomy = take_apart(html)
    if anatomy is None:
        return (error("empty", "html", "there is no HTML to read; give the mail's HTML part"),)
    mail = Specimen(
        html=html,
        text=text,
        anatomy=anatomy,
        postal_address=postal_address,
        leave_url=leave_url,
        why=why,
        disclaimers=disclaimers,
        allowed_hosts=allowed_hosts,
    )
    return (*duties(mail), *hygiene(mail))
