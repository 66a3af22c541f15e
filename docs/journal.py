"""The reference of the journals: every action that the services write, and none besides."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from markup import table

YANKS = "(un)?yank (release|file .+)"
"""What ``{verb} {what}`` in the code can become."""

SERVICES = Path(__file__).parents[1] / "mypi" / "services"

OF_INDEXES = {
    "create": "A project is there for the first time.",
    "new release": "A version is there for the first time.",
    "update release": "``setup.py register`` described a release again that has no files.",
    "add TAG file FILE": "A file was published; TAG is ``source``, ``py3`` and the like.",
    "replace TAG file FILE": "The same on a volatile index, in the place of other bytes.",
    "add docs": "Documentation was sent.",
    "add attestations FILE": "Attestations were sent for a file that was here without any.",
    "promote file FILE": "A file came by promotion; the detail says from where, and the note.",
    "promote release": "In the index that it came from: where to, and the note.",
    "undo promotion": "A promotion was taken back, release by release; written in both indexes.",
    "yank release": "Installers pass it over; the detail is the reason.",
    "unyank release": "It is offered again.",
    "yank file FILE": "The same of one file.",
    "unyank file FILE": "The same of one file.",
    "remove project": "It went to the trash.  So do these:",
    "remove release": "The detail is the reason; ``retention: …`` where that did it.",
    "remove file FILE": "One file.",
    "restore project": "It came back from the trash.",
    "restore release": "The same of a release.",
    "restore file FILE": "The same of a file.",
    "empty trash": "Something is gone for good; the detail says how much.",
    "project active": "The status of a project; the detail is the reason.",
    "project archived": "It takes no uploads any more.",
    "project deprecated": "It warns.",
    "project quarantined": "Its files are not offered, and it takes no uploads.",
    "repair project": "``mypi check --repair`` wrote anew what installers are shown of it.",
    "add Owner NAME": "A project has another owner.",
    "remove Owner NAME": "One owner less.",
    "change policy": "The detail names the attributes that changed.",
}
OF_THE_SITE = {
    "create index NAME": "An index was made.",
    "change index NAME": "Its policy; the detail names the attributes.",
    "rename index NAME": "The detail is the new name.",
    "delete index NAME": "It went to the site's trash.",
    "restore index NAME": "It came back.",
    "purge index NAME": "It is gone for good.  Its journal is kept.",
    "add user": "The detail is the name.  So with these:",
    "change password": "By the user, or an admin.",
    "remove user": "With tokens and memberships.",
    "change group": "The detail is the group, and who is in it now.",
    "remove group": "A group is gone.",
    "create token": "The detail is its id, whose it is and what for; never the token.",
    "revoke token": "A token ended.",
    "add webhook": "The detail is its id, the server it leads to, and the index.",
    "remove webhook": "The same of one that is gone.",
}


def actions_of_indexes() -> str:
    """What the journal of an index tells."""
    _check()
    return _table(OF_INDEXES)


def actions_of_the_site() -> str:
    """What the journal of the site tells."""
    return _table(OF_THE_SITE)


def _table(actions: dict[str, str]) -> str:
    return table(("Action", "What"), [(f"``{action}``", told) for action, told in actions.items()])


def _check() -> None:
    """Every action written in the code is told here, and every one told is written."""
    told = {**OF_INDEXES, **OF_THE_SITE}
    written = set(_written())
    unknown = [words for words in written if not any(re.fullmatch(words, it) for it in told)]
    former = [it for it in told if not any(re.fullmatch(words, it) for words in written)]
    if unknown or former:
        raise SystemExit(f"docs/journal.py: tell of {unknown}; nothing writes {former}")


def _written() -> Iterator[str]:
    """The first argument of every ``actor.entry(...)``, as a pattern."""
    for file in sorted(SERVICES.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            called = getattr(node, "func", None)
            if isinstance(called, ast.Attribute) and called.attr == "entry":
                words = _pattern(node.args[0])
                yield words if re.search("[a-z]", words) else YANKS


def _pattern(words: ast.expr) -> str:
    if isinstance(words, ast.JoinedStr):
        return "".join(_pattern(part) for part in words.values)
    return re.escape(words.value) if isinstance(words, ast.Constant) else ".+"
