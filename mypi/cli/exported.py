"""Read back what mypi export folder has written."""

from pathlib import Path
from typing import Any

import click

from mypi.cli import output
from mypi.cli.options import Command, Run, run_of
from mypi.cli.output import Failure
from mypi.sizes import size_in_words

DAMAGED = 1
REFUSED = 5


@click.command("all", cls=Command)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@run_of
def all_(run: Run, folder: Path) -> int:
    """All that mypi export folder wrote into FOLDER, into a new mypi.

    Indexes, people, journals, trash and the rest take their place when everything is here.
    """
    from mypi.errors import MypiError
    from mypi.services.exporting import verifying

    folder = folder.absolute()
    try:
        known = verifying.count(folder)
    except (MypiError, OSError) as error:
        raise Failure(str(error), REFUSED) from None
    done = {"files": 0, "bytes": 0}
    finished = False
    answer: dict[str, Any] = {}
    with output.Progress(run, f"importing {folder}", known) as progress:
        while not finished:
            answer = run.client.post("import-all", body={"folder": str(folder)}, timeout=None)
            done = {name: number + answer[name] for name, number in done.items()}
            progress.advance(answer["done"] - progress.done)
            finished = answer["finished"]
    found = answer["problems"]
    if run.json:
        output.emit({**done, "problems": found})
    else:
        output.table(("file", "problem"), [(it["where"], it["what"]) for it in found])
    state = f"; {output.plural(len(found), 'problem')}" if found else ""
    size = size_in_words(done["bytes"])
    output.tell(run, f"{output.plural(done['files'], 'file')} ({size}) imported{state}")
    return DAMAGED if found else 0
