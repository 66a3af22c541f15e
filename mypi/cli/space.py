"""``mypi stats --disk``: what takes the room."""

from collections.abc import Iterator
from typing import Any

import click

from mypi.cli import output
from mypi.cli.options import Run
from mypi.sizes import size_in_words

LARGEST = 20
"""Projects that are shown to people; programs get all."""


def show_site(run: Run) -> None:
    """Every index, and what is on the disk."""
    answer = run.client.get("space")
    for index in answer["indexes"]:
        index["docs"] = sum(it["docs"] for it in projects(run, index["name"], index["projects"]))
    answer["waste"] = _waste(answer)
    if run.json:
        output.emit(answer)
        return
    output.table(
        ("index", "projects", "archives", "docs", "trash", "may have", "journal"),
        [
            (
                it["name"],
                it["projects"],
                *(size_in_words(it[key]) for key in ("archives", "docs", "trash")),
                _quota(it),
                it["journal"],
            )
            for it in answer["indexes"]
        ],
    )
    click.echo()
    output.record(
        {
            "deleted indexes": size_in_words(answer["deleted_indexes"]),
            "database": size_in_words(answer["database"]),
            "archives on disk": _or_unknown(answer["folder"]),
            "packing frees at least": _or_unknown(answer["waste"]),
            "free": f"{_or_unknown(answer['free'])}, kept {size_in_words(answer['min_free'])}",
        }
    )


def show_index(run: Run, name: str, project: str) -> None:
    """The largest projects of an index, or one of them."""
    count = next((it["projects"] for it in run.client.get("indexes")["indexes"]
                  if it["name"] == name), 0)  # fmt: skip
    found = sorted(projects(run, name, count), key=lambda it: (-_total(it), it["project"]))
    if project:
        wanted = run.client.get("indexes", name, "projects", project)["name"]
        found = [it for it in found if it["project"] == wanted]
    if run.json:
        output.emit({"index": name, "projects": found})
        return
    output.table(
        ("project", "files", "archives", "docs"),
        [
            (it["project"], it["files"], size_in_words(it["archives"]), size_in_words(it["docs"]))
            for it in found[:LARGEST]
        ],
    )
    if len(found) > LARGEST:
        output.tell(run, f"the largest {LARGEST} of {len(found)}; all of them with --json")


def projects(run: Run, name: str, count: int) -> Iterator[dict[str, Any]]:
    """What each project of an index takes."""
    after, more = "", True
    with output.Progress(run, f"looking at {name}", count) as progress:
        while more:
            answer = run.client.get("indexes", name, "space", after=after)
            yield from answer["projects"]
            progress.advance(len(answer["projects"]))
            after = answer["next"]
            more = bool(after)


def _total(it: dict[str, Any]) -> int:
    return int(it["archives"] + it["docs"])


def _waste(answer: dict[str, Any]) -> int | None:
    """Bytes on the disk that nothing has any more: at least so many, as files are shared."""
    if answer["folder"] is None:
        return None
    known = sum(it["archives"] + it["docs"] + it["trash"] for it in answer["indexes"])
    return int(max(0, answer["folder"] - known - answer["deleted_indexes"]))


def _quota(it: dict[str, Any]) -> str:
    limit = it["max_size"]
    return f"{size_in_words(limit)} ({100 * it['archives'] // limit} %)" if limit else "any"


def _or_unknown(size: int | None) -> str:
    return "not known" if size is None else size_in_words(size)
