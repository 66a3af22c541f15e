"""The database: whether it opens, is of this mypi's schema, and has its archives."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from mypi.cli.doctor.finding import Finding, Patient, bad, good, warning
from mypi.cli.output import plural
from mypi.errors import CannotStart
from mypi.model import Site
from mypi.model.evolve import missing
from mypi.model.looking import open_to_look
from mypi.model.site import ROOT_KEY, SCHEMA, check_default
from mypi.model.storage import check_not_lost, parse_file_uri
from mypi.model.uris import describe
from mypi.services import search, soundness

SAMPLE = 50
"""Projects of each index whose archives are looked at, spread over all of them."""

LATE = 1000
"""Journal entries that the catalogue may lack while nothing is the matter."""


def findings(patient: Patient) -> Iterator[Finding]:
    """All that can be told by looking; a server may have the database open meanwhile."""
    where = describe(patient.uri)
    if patient.uri.startswith("file://"):
        path, blobs, _options = parse_file_uri(patient.uri)
        try:
            check_not_lost(path, blobs)
        except CannotStart as error:
            yield bad("database", str(error), "mypi -c OTHER.INI recover FOLDER")
            return
        if not path.exists():
            what = f"{where} is not there; it is made at the start."
            yield warning("database", what, "mypi serve")
            return
    try:
        database = open_to_look(patient.uri)
    except CannotStart as error:
        yield bad("database", str(error), f"mypi -c {patient.ini} config show zodbconn")
        return
    try:
        yield good("database", f"{where} can be read")
        with database.transaction() as connection:
            site = connection.root().get(ROOT_KEY)
            if site is None:
                yield warning(
                    "index", "There is none in it; it is made at the start.", "mypi serve"
                )
                return
            yield from _of_site(patient, site)
    finally:
        database.close()


def _of_site(patient: Patient, site: Site) -> Iterator[Finding]:
    try:
        steps = missing(site)
    except CannotStart as error:
        yield bad("schema", str(error), "pip install a newer mypi")
        return
    if steps:
        by_itself = patient.settings.evolve == "auto"
        what = f"The database has schema {site.schema}, {SCHEMA} is wanted"
        more = "; the next start brings it there." if by_itself else "; it cannot start."
        found = warning if by_itself else bad
        yield found("schema", what + more, "mypi evolve --backup FOLDER")
        return
    yield good("schema", str(site.schema))
    try:
        check_default(site, patient.settings)
    except CannotStart as error:
        yield bad("indexes", str(error), "mypi index list")
    yield from _archives(site)
    late = search.lag(site)
    if late > LATE:
        what = f"Searching lags behind the journals by {late} entries."
        yield warning("search", what, "mypi serve, and look again in some minutes")


def _archives(site: Site) -> Iterator[Finding]:
    files = 0
    problems: list[str] = []
    for name, index in site.indexes.items():
        for project in _spread(index.projects):
            looked = soundness.check_project(index, project, deep=False, repair=False)
            files += looked.files
            problems += [f"{name}/{it.project} {it.filename}: {it.what}" for it in looked.problems]
    projects = sum(index.count() for index in site.indexes.values())
    if problems:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        yield bad("archives", problems[0] + more, "mypi check")
    else:
        indexes = f"{len(site.indexes)} indexes" if len(site.indexes) != 1 else "1 index"
        looked_at = f"{plural(files, 'file')} looked at"
        yield good("archives", f"{indexes}, {plural(projects, 'project')}; {looked_at}")


def _spread(projects: Any) -> Iterator[Any]:
    """At most :data:`SAMPLE` of them, from all over the index."""
    step = len(projects) // SAMPLE + 1
    for name in islice(projects.keys(), 0, None, step):
        yield projects[name]
