"""``python -m tests.chaos.mutations [WORD]``: spoil the sender, one promise at a time, and see whether a test fails.

Each mutation is put into a copy of the project; the project itself stays as it is. WORD: only mutations named so.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.process import PROJECT

_COPIED = ("pipeline", "subscribers", "templates", "samples", "tests", "pyproject.toml")
_LEDGER = "pipeline/store/deliveries.py"
_MOVES = "pipeline/store/moves.py"
_JOURNAL = "pipeline/jobs/journal.py"
_FIRST_TABLES = "pipeline/store/migrations/versions/0001_the_first_tables.py"
_ROWS = ("tests/contracts/test_deliveries.py", "tests/contracts/test_delivery_rows.py")
_KILLS, _RELAY, _STEERING, _DATABASE, _CLOCK = (
    f"tests/chaos/test_{name}.py" for name in ("kills", "relay", "steering", "database", "clock")
)
_AROUND_THE_DOT = f"{_KILLS}::test_kills_around_the_dot_leave_at_most_a_doubt_a_connection"


@dataclass(frozen=True, kw_only=True)
class Edit:
    """A place in a file, which must be there once, and what it becomes."""

    path: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class Mutation:
    """A promise taken out, and the tests that are to miss it."""

    name: str
    edits: tuple[Edit, ...]
    tests: tuple[str, ...]


def _mutation(name: str, path: str, before: str, after: str, *tests: str) -> Mutation:
    return Mutation(name=name, edits=(Edit(path=path, before=before, after=after),), tests=tests)


_STATE = "            deliveries.c.state == State.CLAIMED,\n"
_OWNER = '            deliveries.c.owner == sa.bindparam("by", type_=sa.Text),\n'
_LEASE = "            deliveries.c.lease_until > at,\n"
_IN_TIME = "            deliveries.c.not_after > at,\n"
MUTATIONS = (
    _mutation(
        "the dot does not wait for the commit",
        _JOURNAL,
        "            return await answer\n        except asyncio.CancelledError:\n",
        "            return True\n        except asyncio.CancelledError:\n",
        _KILLS,
        _DATABASE,
    ),
    _mutation(
        "a failed commit lets the dot go out",
        _JOURNAL,
        "                self._tell(_refuse, [*group.starts, *group.jobs], error)\n",
        "                self._tell(self._answer, group.starts, [each.subscriber_id for each in group.starts])\n"
        "                self._tell(_refuse, group.jobs, error)\n",
        _DATABASE,
    ),
    _mutation(
        "the fence asks for no state, owner or lease",
        _MOVES,
        _STATE + _OWNER + _LEASE + _IN_TIME,
        _IN_TIME,
        _CLOCK,
    ),
    _mutation("the fence asks for no lease", _MOVES, _LEASE + _IN_TIME, _IN_TIME, *_ROWS),
    _mutation("the fence asks for no owner", _MOVES, _OWNER + _LEASE, _LEASE, *_ROWS),
    _mutation(
        "the fence lets who left pass",
        _MOVES,
        "            sending,\n            belongs(audience),\n",
        "            sending,\n",
        _STEERING,
    ),
    _mutation(
        "the fence lets a held issue pass",
        _MOVES,
        "            sending,\n            belongs(audience),\n",
        "            belongs(audience),\n",
        _STEERING,
        *_ROWS,
    ),
    _mutation(
        "recover takes data_started for planned",
        _LEDGER,
        "State.DEFERRED if repeatable else State.UNCERTAIN",
        "State.DEFERRED if repeatable else State.PLANNED",
        _AROUND_THE_DOT,
    ),
    _mutation(
        "recover takes what the living have on the wire",
        _LEDGER,
        "sa.and_(left, deliveries.c.state == State.DATA_STARTED, deliveries.c.owner.not_in(living))",
        "sa.and_(deliveries.c.issue_id == issue_id, deliveries.c.state == State.DATA_STARTED)",
        f"{_STEERING}::test_senders_at_once_share_the_work",
    ),
    _mutation(
        "endings are not written",
        _JOURNAL,
        "        self._asked.put(_End(outcome, also))\n",
        "",
        f"{_RELAY}::test_passing_refusals_are_tried_again",
    ),
    Mutation(
        name="no unique key",
        edits=(
            Edit(
                path=_FIRST_TABLES,
                before='        sa.PrimaryKeyConstraint("issue_id", "subscriber_id", name=op.f("pk_deliveries")),\n'
                "        sqlite_with_rowid=False,\n",
                after="",
            ),
        ),
        tests=_ROWS,
    ),
    _mutation(
        "a cut after the dot counts as not sent",
        "pipeline/deliver/smtp.py",
        "    return Attempt(state=DeliveryState.UNCERTAIN, reason=f",
        "    return Attempt(state=DeliveryState.DEFERRED, reason=f",
        f"{_RELAY}::test_connections_that_drop_around_the_dot_leave_a_doubt_each",
    ),
    _mutation(
        "a reply to nothing is taken for the next one's",
        "pipeline/deliver/wire.py",
        '            self._fail(f"it said unasked: {reply.code} {reply.text}")\n',
        "            self._replies.append(reply)\n",
        f"{_RELAY}::test_replies_given_in_advance_are_no_acceptance",
    ),
    _mutation(
        "SIGTERM cuts off what is on the wire",
        "pipeline/jobs/dispatch.py",
        "spared=self._on_the_wire",
        "spared=()",
        f"{_STEERING}::test_sigterm_finishes_the_wire_and_the_next_start_the_rest",
    ),
    _mutation(
        "the outbox looks for no file of the delivery's",
        "pipeline/deliver/outbox.py",
        'draft.rename(self.folder / "new" / name)',
        'draft.rename(self.folder / "new" / draft.name)',
        f"{_KILLS}::test_kills_put_no_file_twice_into_the_outbox",
    ),
)


def out_of_place(mutation: Mutation, project: Path = PROJECT) -> list[str]:
    """Return the files in which a mutation's place is not found exactly once."""
    return [edit.path for edit in mutation.edits if (project / edit.path).read_text().count(edit.before) != 1]


def is_caught(mutation: Mutation, copy: Path) -> bool:
    """Say whether the tests that fit fail on a copy of the project spoiled so; the copy is mended afterwards."""
    for edit in mutation.edits:
        path = copy / edit.path
        path.write_text(path.read_text().replace(edit.before, edit.after))
    words = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-x",
        "-p",
        "no:cacheprovider",
        "--timeout",
        "90",
        *mutation.tests,
    ]
    try:
        tested = subprocess.run(
            words, cwd=copy, env=os.environ | {"PYTHONPATH": str(copy)}, capture_output=True, check=False
        )
    finally:
        for edit in mutation.edits:
            shutil.copy(PROJECT / edit.path, copy / edit.path)
    return tested.returncode != 0


def main(word: str = "") -> int:
    """Print a line a mutation; return 1 when one was not caught."""
    chosen = [mutation for mutation in MUTATIONS if word in mutation.name]
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "project"
        for name in _COPIED:
            source = PROJECT / name
            (shutil.copytree if source.is_dir() else shutil.copy)(source, copy / name)
        for mutation in chosen:
            caught = is_caught(mutation, copy)
            missed += not caught
            print(f"{'caught' if caught else 'NOT CAUGHT'}: {mutation.name}", flush=True)  # noqa: T201
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
