"""Take everything out: in a format that others can read, or as pages that any web server serves."""

from pathlib import Path
from typing import Any

import click

from mypi.cli import output
from mypi.cli.options import Command, Group, Run, run_of
from mypi.cli.output import Failure
from mypi.sizes import size_in_words

DAMAGED = 1
REFUSED = 5

TARGET = click.Path(file_okay=False, path_type=Path)
DEEP = click.option("--deep", is_flag=True, help="Hash the files that are there already.")


@click.group(cls=Group)
def export() -> None:
    """Write the index to a folder, for others to read or serve.

    The server goes on reading and publishing meanwhile.  An export shows one moment, that when it
    began; the next one to the same folder writes what is new, and removes what is gone.
    """


@export.command(cls=Command)
@click.argument("folder", type=TARGET)
@click.option("--with-secrets", is_flag=True, help="Password hashes, tokens, webhooks as well.")
@DEEP
@run_of
def folder(run: Run, folder: Path, with_secrets: bool, deep: bool) -> int:
    """Everything, as archives and JSON in FOLDER.

    mypi import all reads it again; the format is documented, so others can as well.
    """
    return _export(run, "export", folder, {"secrets": with_secrets, "deep": deep})


@export.command(cls=Command)
@click.argument("folder", type=TARGET)
@click.option("-i", "--index", "indexes", multiple=True, help="Of this index; may be repeated.")
@click.option("--url", default="", help="Where FOLDER will be served; attestations need it.")
@DEEP
@run_of
def static(run: Run, folder: Path, indexes: tuple[str, ...], url: str, deep: bool) -> int:
    """Pages for installers in FOLDER, which any web server can serve.

    Of the default index, if none is named.  Whoever reaches the pages reads them: permissions are
    not exported.
    """
    names = [run.index(name) for name in indexes]
    return _export(run, "export-static", folder, {"indexes": names, "url": url, "deep": deep})


@export.command(cls=Command)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@run_of
def verify(run: Run, folder: Path) -> int:
    """Hash every file of the export in FOLDER.

    Needs no index.  Exit code 1: something is missing or damaged.
    """
    from mypi.errors import MypiError
    from mypi.services.exporting import verifying

    found: list[dict[str, Any]] = []
    files = read = 0
    try:
        with output.Progress(run, "verifying", verifying.count(folder)) as progress:
            for looked in verifying.verify(folder):
                found += [it._asdict() for it in looked.problems]
                files, read = files + looked.files, read + looked.read
                progress.advance(1)
    except MypiError as error:
        raise Failure(str(error), REFUSED) from None
    _show(run, {"files": files, "bytes": read}, found)
    state = output.plural(len(found), "problem") if found else "all is well"
    output.tell(run, f"{output.plural(files, 'file')} hashed ({size_in_words(read)}): {state}")
    return DAMAGED if found else 0


def _export(run: Run, word: str, folder: Path, asked: dict[str, Any]) -> int:
    done = {"parts": 0, "files": 0, "bytes": 0, "removed": 0}
    found: list[dict[str, Any]] = []
    indexes = run.client.get("indexes")["indexes"]
    known = sum(it["projects"] for it in indexes)
    body = {**asked, "folder": str(folder.absolute())}
    with output.Progress(run, f"exporting to {folder}", known) as progress:
        more = True
        while more:
            answer = run.client.post(word, body=body, timeout=None)
            found += answer["problems"]
            for name in done:
                done[name] += answer[name]
            progress.advance(answer["parts"])
            body = {**body, "until": answer["until"], "after": answer["next"]}
            more = bool(answer["next"])
    _show(run, done, found)
    written = f"{output.plural(done['files'], 'archive')} ({size_in_words(done['bytes'])})"
    state = f"; {output.plural(len(found), 'problem')}" if found else ""
    output.tell(run, f"{folder}: {written} written, {done['removed']} removed{state}")
    return DAMAGED if found else 0


def _show(run: Run, done: dict[str, Any], found: list[dict[str, Any]]) -> None:
    if run.json:
        output.emit({**done, "problems": found})
    else:
        output.table(("file", "problem"), [(it["where"], it["what"]) for it in found])
