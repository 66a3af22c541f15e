"""``mypi shell``: Python with the database at hand, for what no command does."""

import code
import contextlib
import sys
from typing import TYPE_CHECKING, Any

import click

from mypi.cli import output
from mypi.cli.options import Command, Run, run_of

if TYPE_CHECKING:
    from mypi.cli.opening import Opened

NAMES = "site, root, indexes, connection"


class OnlyLooking:
    """A synchroniser that dooms every transaction: what was changed cannot be committed."""

    def newTransaction(self, transaction: Any) -> None:
        """A transaction begins."""
        transaction.doom()

    def beforeCompletion(self, transaction: Any) -> None:
        """Nothing to do."""

    def afterCompletion(self, transaction: Any) -> None:
        """Nothing to do."""


@click.command(cls=Command)
@click.option("--write", is_flag=True, help="commit() writes; the server has to be stopped.")
@click.option("-e", "--execute", metavar="CODE", help="Run this in place of what is typed.")
@run_of
def shell(run: Run, write: bool, execute: str | None) -> None:
    """Python with the database at hand.

    Its names are site, root, indexes and connection.  Without --write nothing can be changed, and a
    server may have the database open.  Nothing is checked here and no journal is kept: prefer any
    other command.
    """
    from mypi.cli.opening import opened

    if write:
        output.confirm(run, "Write to the database, past all checks and the journal?")
    with opened(run, to_write=write) as it:
        names = _names(it, write)
        if execute is not None:
            exec(compile(execute, "<-e>", "exec"), names)  # noqa: S102 - what it is for
        elif sys.stdin.isatty():
            _interact(names, write)
        else:
            exec(compile(sys.stdin.read(), "<stdin>", "exec"), names)  # noqa: S102


def _names(it: "Opened", write: bool) -> dict[str, Any]:
    looking = OnlyLooking()
    if not write:
        # Held by the caller's names: the manager keeps weak references only.
        it.manager.registerSynch(looking)
    it.manager.begin()

    def commit() -> None:
        """Write what was changed; afterwards the next transaction begins."""
        it.manager.commit()
        it.manager.begin()

    names = {
        "site": it.site,
        "root": it.root,
        "indexes": it.site.indexes if it.site is not None else {},
        "connection": it.root._p_jar,
        "__looking__": looking,
    }
    return {**names, "commit": commit} if write else names


def _interact(names: dict[str, Any], write: bool) -> None:
    with contextlib.suppress(ImportError):
        import readline
        import rlcompleter

        readline.set_completer(rlcompleter.Completer(names).complete)
        readline.parse_and_bind("tab: complete")
    more = "; commit() writes" if write else "; nothing can be changed"
    code.interact(banner=f"{NAMES}{more}.  Ctrl-D ends.", local=names, exitmsg="")
