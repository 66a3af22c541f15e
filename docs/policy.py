"""The reference of permissions and of index policies, read from the code that applies them."""

import ast
import inspect
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import click
from markup import shown, table

from mypi.cli.indexes import create
from mypi.model import Index, IndexPolicy
from mypi.permissions import PERMISSIONS
from mypi.services import access
from mypi.services.acceptance import RULES
from mypi.services.policies import CHECKS
from mypi.services.receive import FILETYPES

TEAM = "@team"
SIZES = ("max_file", "max_size")

MEANINGS = {
    "read": "See the index, its pages and its log, and install from it.",
    "upload": "Publish files, register releases, send documentation.",
    "promote": "Promote *into* the index, from an index that one may read; undo promotions.",
    "yank": "Yank releases and files, and offer them again; archive and deprecate projects.",
    "delete": "Move projects, releases and files to the trash, and restore them; name owners.",
    "manage": "Change the policy, quarantine a project, run retention, empty the trash, see from "
    "which addresses things were done.  Whoever may manage may do all of the above.",
    "administer": "Make, rename and delete indexes; users, groups, everybody's tokens; the site's "
    "log; pack.  Cannot be granted: the group ``admins`` has it, and the operator.",
}
"""Permission -> what it is good for."""

UNTOLD = {
    "title": "A name for people.",
    "description": "What the index is for.",
}
"""Attributes whose meaning is not beside them."""

ELSEWHERE = {"frozen": "``mypi index freeze``, ``unfreeze``", "grants": "``--read``, ``--upload``…"}
"""Attributes that are not an option of ``mypi index set`` of that name."""


def permissions() -> str:
    """What each permission is good for."""
    known = (*PERMISSIONS, access.ADMINISTER)
    if MEANINGS.keys() != set(known):
        raise SystemExit(f"docs/policy.py: say what {MEANINGS.keys() ^ set(known)} mean")
    return table(("Permission", "To"), [(f"``{word}``", MEANINGS[word]) for word in known])


def defaults() -> str:
    """Who may do what while nothing else is said; from ``services.access`` itself."""
    stable, volatile, limited = (
        Index("x", IndexPolicy("x", (), it)) for it in (False, True, False)
    )
    limited.policy.grants = {"read": (TEAM,)}
    columns = {
        "Open": access.grants(stable, is_open=True),
        "Open, volatile index": access.grants(volatile, is_open=True),
        "Closed": access.grants(stable, is_open=False),
        f"Closed, ``read`` for {TEAM}": access.grants(limited, is_open=False),
    }
    rows = [(f"``{word}``", *(_who(it[word]) for it in columns.values())) for word in PERMISSIONS]
    return table(("Permission", *columns), rows)


def of_owners() -> str:
    """The permissions that ownership takes from others."""
    return ", ".join(f"``{word}``" for word in access.OF_OWNERS) + "\n"


def policies() -> str:
    """Every attribute of an index's policy."""
    meanings = {**_docstrings(IndexPolicy), **UNTOLD}
    if missing := CHECKS.keys() - meanings.keys():
        raise SystemExit(f"docs/policy.py: say what {missing} mean")
    options = dict(_options(create.params))
    rows = [
        (
            f"``{name}``",
            ELSEWHERE.get(name) or options[name],
            _default(name, getattr(IndexPolicy, name)),
            meanings[name],
        )
        for name in CHECKS
    ]
    return table(("Attribute", "Option", "Default", "Meaning"), rows)


def rules() -> str:
    """The metadata rules, with the sentence that is told."""
    return table(
        ("Rule", "What is told"),
        [(f"``{name}``", rule.says[0].upper() + rule.says[1:]) for name, rule in RULES.items()],
    )


def kinds() -> str:
    """Kinds of files."""
    return ", ".join(f"``{kind}``" for kind in sorted(FILETYPES)) + "\n"


def _who(principals: Iterable[str]) -> str:
    return ", ".join(principals) or "nobody else"


def _default(name: str, value: Any) -> str:
    if isinstance(value, Mapping):
        return "none"
    return "``0``" if name in SIZES and not value else shown(value)


def _options(params: Iterable[click.Parameter]) -> Iterator[tuple[str, str]]:
    for param in params:
        if isinstance(param, click.Option) and param.name:
            yield param.name, f"``{param.opts[0]}``"


def _docstrings(noun: type) -> dict[str, str]:
    """Attribute -> the text below it; names of modules, which readers do not look into, go."""
    body = ast.parse(inspect.getsource(noun)).body[0].body
    told = {}
    for statement, text in itertools.pairwise(body):
        target = getattr(statement, "target", None) or next(
            iter(getattr(statement, "targets", ())), None
        )
        is_text = isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant)
        if isinstance(target, ast.Name) and is_text:
            words = " ".join(inspect.cleandoc(text.value.value).split())
            told[target.id] = re.sub(r", see ``services\.\w+``", ", see below", words)
    return told
