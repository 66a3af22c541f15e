"""Delete, restore exactly, empty: seen from a fresh connection."""

from pathlib import Path

import pytest
from ZODB.POSException import ConflictError

from mypi.archives import Limits
from mypi.errors import Conflict, Missing, NotAllowed, Refused
from mypi.metadata import Metadata
from mypi.model.policy import DAY
from mypi.services import docs, indexes, lifecycle, trash
from mypi.services.actor import Actor
from mypi.services.promote import promote
from mypi.services.publish import publish, register
from mypi.services.receive import Form, receive
from mypi.services.wanted import parse
from mypi.staging import Spool
from tests.factories import sdist, wheel, zipped

BOB = Actor("bob", 50.0, "mypi/1", "127.0.0.1")
LATER = Actor("carl", 60.0)
WHEEL = wheel("Six.Pack", "1.0", requires_python=">=3.9")
SDIST = sdist("Six.Pack", "1.0")
NAME = WHEEL[0]

WHOLE = {}
RELEASE = {"version": "1.0.0"}
FILE = {"version": "1.0", "filename": NAME}


@pytest.fixture(params=["stable", "incubator"])
def index(site, request):
    """An index whose files never change, and one that is volatile."""
    return site.indexes[request.param]


@pytest.fixture
def seen(site_db):
    """``seen(index)``: all that a fresh connection sees of an index, but journal and trash."""

    def seen(index):
        with site_db.transaction() as connection:
            it = connection.root()["mypi"].indexes[index.name]
            projects = {
                key: (
                    project.name,
                    project.status,
                    project.owners,
                    dict(project.links),
                    {
                        version: (release.version, release.created, release.fields, names(release))
                        for version, release in project.releases.items()
                    },
                )
                for key, project in it.projects.items()
            }
            return projects, it.size(), it.count(), dict(it.reserved)

    return seen


def names(release):
    return {name: (file.yanked, file.artifact.sha256) for name, file in release.files.items()}


@pytest.fixture
def six(index, put, tm):
    """A project with two releases, a yanked file and an owner, beside another project."""
    put(index, WHEEL)
    put(index, SDIST)
    put(index, wheel("Six.Pack", "1.1"))
    put(index, wheel("other", "2.0"))
    lifecycle.yank(index, "six-pack", "1.0", "broken", BOB, filename=NAME)
    lifecycle.add_owner(index, "six-pack", "ada", BOB)
    tm.commit()
    return index.project("six-pack")


@pytest.mark.parametrize("what", [WHOLE, RELEASE, FILE], ids=["project", "release", "file"])
def test_what_is_restored_is_exactly_as_it_was(index, six, tm, seen, what):
    before = seen(index)
    trashed = trash.delete(index, "SIX_pack", BOB, **what)
    tm.commit()
    assert seen(index) != before

    trash.restore(index, trashed.id, LATER)
    tm.commit()

    assert seen(index) == before
    assert list(index.trash) == []


@pytest.mark.parametrize(
    ("what", "left", "gone"),
    [
        (WHOLE, set(), {NAME, SDIST[0], "Six_Pack-1.1-py3-none-any.whl"}),
        (RELEASE, {"Six_Pack-1.1-py3-none-any.whl"}, {NAME, SDIST[0]}),
        (FILE, {SDIST[0], "Six_Pack-1.1-py3-none-any.whl"}, {NAME}),
    ],
    ids=["project", "release", "file"],
)
def test_what_is_deleted_is_gone_everywhere(index, six, tm, seen, what, left, gone):
    sizes = {name: link.size for name, link in six.pages()}
    before = index.size()

    trashed = trash.delete(index, "six-pack", BOB, reason="a mistake", **what)
    tm.commit()

    projects, size, count, reserved = seen(index)
    links = projects["six-pack"][3] if "six-pack" in projects else {}
    freed = sum(sizes[name] for name in gone)
    assert set(links) == left
    assert (size, trashed.size) == (before - freed, freed)
    assert count == len(projects) == (1 if what is WHOLE else 2)
    assert set(reserved) == (set() if index.policy.volatile else gone)
    assert (trashed.by, trashed.when, trashed.reason) == ("bob", 50.0, "a mistake")


def test_only_a_volatile_index_lets_a_name_be_used_again(index, six, put, tm):
    trash.delete(index, "six-pack", BOB, **FILE)
    tm.commit()
    other = wheel("Six.Pack", "1.0", summary="Other bytes")

    if index.policy.volatile:
        put(index, other)
        assert dict(index.reserved) == {}
        return

    with pytest.raises(Refused, match="used before") as error:
        put(index, other)
    assert "already exist" not in str(error.value).lower()


def test_nothing_new_is_overwritten_by_a_restored_file(incubator, put, tm):
    put(incubator, WHEEL)
    trashed = trash.delete(incubator, "six-pack", BOB, **FILE)
    tm.commit()
    put(incubator, wheel("Six.Pack", "1.0", summary="New"))

    with pytest.raises(Conflict, match=NAME):
        trash.restore(incubator, trashed.id, LATER)

    assert trashed.id in incubator.trash


def test_nothing_new_is_overwritten_by_a_restored_release_or_project(incubator, put, tm):
    put(incubator, WHEEL)
    release = trash.delete(incubator, "six-pack", BOB, **RELEASE)
    register(incubator, Metadata("six-pack", "1.0"), BOB)
    whole = trash.delete(incubator, "six-pack", BOB)
    tm.commit()
    put(incubator, WHEEL)

    with pytest.raises(Conflict, match="delete that"):
        trash.restore(incubator, whole.id, LATER)
    with pytest.raises(Conflict, match="delete that"):
        trash.restore(incubator, release.id, LATER)


def test_a_file_does_not_come_back_without_its_project_or_release(incubator, put, tm):
    put(incubator, WHEEL)
    put(incubator, SDIST)
    file = trash.delete(incubator, "six-pack", BOB, **FILE)
    release = trash.delete(incubator, "six-pack", BOB, **RELEASE)

    with pytest.raises(Conflict, match="restore that first"):
        trash.restore(incubator, file.id, LATER)

    whole = trash.delete(incubator, "six-pack", BOB)
    with pytest.raises(Conflict, match="restore that first"):
        trash.restore(incubator, release.id, LATER)

    for trashed in (whole, release, file):
        trash.restore(incubator, trashed.id, LATER)
    tm.commit()
    assert set(incubator.project("six-pack").links) == {NAME, SDIST[0]}


def test_a_release_stays_without_files_and_a_project_without_releases(stable, put):
    put(stable, WHEEL)

    trash.delete(stable, "six-pack", BOB, **FILE)
    assert list(stable.project("six-pack").release("1.0").files) == []

    trash.delete(stable, "six-pack", BOB, **RELEASE)
    assert list(stable.project("six-pack").releases) == []
    assert stable.count() == 1


@pytest.mark.parametrize(
    ("project", "what"),
    [
        ("nothing", WHOLE),
        ("six-pack", {"version": "9"}),
        ("six-pack", {"version": "1" * 5000}),
        ("six-pack", {"version": "1.0", "filename": "no.whl"}),
        ("six-pack", {"version": "1.1", "filename": NAME}),
    ],
)
def test_what_is_not_there_cannot_be_deleted(stable, put, project, what):
    put(stable, WHEEL)
    put(stable, wheel("Six.Pack", "1.1"))

    with pytest.raises(Missing):
        trash.delete(stable, project, BOB, **what)


def test_a_frozen_index_neither_loses_nor_gets_back(site, stable, put):
    put(stable, WHEEL)
    trashed = trash.delete(stable, "six-pack", BOB, **FILE)
    indexes.change(site, stable, {"frozen": True}, BOB)

    with pytest.raises(NotAllowed, match="frozen"):
        trash.delete(stable, "six-pack", BOB)
    with pytest.raises(NotAllowed, match="frozen"):
        trash.restore(stable, trashed.id, BOB)


def test_the_journal_tells_what_was_removed_and_restored(stable, put):
    put(stable, WHEEL)
    start = len(stable.journal)

    deleted = [
        trash.delete(stable, "six-pack", BOB, reason="why", **what).id
        for what in (FILE, RELEASE, WHOLE)
    ]
    for number in reversed(deleted):
        trash.restore(stable, number, BOB)

    lines = [line for _serial, line in stable.journal.since(start)]
    assert [line.action for line in lines[:3]] == [
        f"remove file {NAME}",
        "remove release",
        "remove project",
    ]
    assert {line.action for line in lines[3:]} == {
        f"restore file {NAME}",
        "restore release",
        "restore project",
    }
    assert {line.by for line in lines} == {"bob"}
    assert [line.detail for line in lines[:3]] == ["why"] * 3
    assert lines[0][3:6] == ("Six.Pack", "1.0", NAME)


def test_the_trash_is_emptied_when_its_days_are_over(site, stable, put):
    indexes.change(site, stable, {"trash_days": 3}, BOB)
    put(stable, WHEEL)
    put(stable, wheel("other", "2.0"))
    first = trash.delete(stable, "six-pack", Actor("bob", 1 * DAY))
    second = trash.delete(stable, "other", Actor("bob", 2 * DAY))
    assert trash.expires(stable, first) == 4 * DAY

    assert trash.empty(stable, Actor("", 4 * DAY - 1)) == 0
    assert trash.empty(stable, Actor("", 4 * DAY)) == first.size
    assert list(stable.trash) == [second.id]
    assert trash.empty(stable, Actor("", 4 * DAY), everything=True) == second.size
    assert list(stable.trash) == []


def test_names_stay_reserved_when_the_trash_is_emptied(stable, put, tm):
    put(stable, WHEEL)
    trashed = trash.delete(stable, "six-pack", BOB)

    trash.purge(stable, trashed.id, BOB)
    tm.commit()

    with pytest.raises(Missing, match=trashed.id):
        trash.restore(stable, trashed.id, BOB)
    with pytest.raises(Refused, match="used before"):
        put(stable, wheel("Six.Pack", "1.0", summary="Other bytes"))


def test_many_things_deleted_at_one_moment_are_all_kept(stable):
    for number in range(400):
        stable.project_or_new(f"p{number}")

    for number in range(400):
        trash.delete(stable, f"p{number}", BOB)

    assert len(stable.trash) == 400


def test_the_trash_lists_by_time(stable):
    for name in ("beta", "alpha", "gamma"):
        stable.project_or_new(name)

    trash.delete(stable, "beta", Actor("bob", 1.0))
    trash.delete(stable, "alpha", Actor("bob", 1.5))
    trash.delete(stable, "gamma", Actor("bob", 1_795_399_608.5))

    assert [trashed.project for trashed in stable.trash.values()] == ["beta", "alpha", "gamma"]


@pytest.fixture
def document(site_db, tm):
    """``document(index, "1.0")``: upload documentation of that release, or of the project."""

    def document(index, version=""):
        with Spool(Path(site_db.storage.temporaryDirectory())) as spool:
            spool.write(zipped({"index.html": b"<p>six"}))
            docs.keep(index, "six-pack", version, docs.receive(Form({}, spool, ""), Limits()), BOB)
            tm.commit()

    return document


@pytest.mark.parametrize("what", [WHOLE, RELEASE], ids=["project", "release"])
def test_documentation_comes_back_too(stable, put, document, tm, site_db, what):
    put(stable, WHEEL)
    document(stable)
    document(stable, "1.0")

    trashed = trash.delete(stable, "six-pack", BOB, **what)
    tm.commit()
    trash.restore(stable, trashed.id, LATER)
    tm.commit()

    with site_db.transaction() as connection:
        project = connection.root()["mypi"].indexes["stable"].project("six-pack")
        for holder in (project, project.release("1.0")):
            with holder.docs.blob.open() as kept:
                assert kept.read() == zipped({"index.html": b"<p>six"})


def test_where_a_file_came_from_comes_back_too(everything, stable, incubator, put, tm):
    put(incubator, WHEEL)
    wanted = [parse("six-pack==1.0")]
    promote(everything, incubator, stable, wanted, closure=False, note="good", actor=BOB)
    tm.commit()
    origin = stable.project("six-pack").file(NAME).origin

    trashed = trash.delete(stable, "six-pack", BOB)
    tm.commit()
    trash.restore(stable, trashed.id, LATER)
    tm.commit()

    assert stable.project("six-pack").file(NAME).origin == origin
    assert origin.came_from == "incubator"


def test_other_bytes_do_not_come_back_to_a_name_that_was_used_since(site, incubator, put, tm):
    put(incubator, WHEEL)
    first = trash.delete(incubator, "six-pack", BOB, **FILE)
    tm.commit()
    put(incubator, wheel("Six.Pack", "1.0", summary="Other bytes"))
    indexes.change(site, incubator, {"volatile": False}, BOB)
    second = trash.delete(incubator, "six-pack", BOB, **FILE)
    tm.commit()

    with pytest.raises(Conflict, match="had other bytes since"):
        trash.restore(incubator, first.id, LATER)
    trash.restore(incubator, second.id, LATER)

    assert incubator.project("six-pack").file(NAME) is second.what
    assert dict(incubator.reserved) == {}


@pytest.mark.parametrize("reason", ["two\nlines", "x" * 501, "\x1b[31mred"])
def test_a_reason_is_one_line(stable, put, reason):
    put(stable, WHEEL)

    with pytest.raises(Refused, match="reason"):
        trash.delete(stable, "six-pack", BOB, reason=reason)

    assert stable.project("six-pack") is not None


def test_the_journal_tells_how_much_was_thrown_away(stable, put):
    put(stable, WHEEL)
    put(stable, wheel("other", "2.0"))
    trash.delete(stable, "six-pack", BOB)
    trash.delete(stable, "other", BOB)

    freed = trash.empty(stable, LATER, everything=True)
    lines = len(stable.journal)
    assert trash.empty(stable, LATER, everything=True) == 0

    assert len(stable.journal) == lines
    _serial, line = next(stable.journal.newest())
    assert line == LATER.entry("empty trash", detail=f"2 things, {freed} bytes")


@pytest.fixture
def rival_upload(site_db):
    """Publish an archive in stable on another connection, and commit."""

    def rival_upload(archive):
        folder = Path(site_db.storage.temporaryDirectory())
        with Spool(folder) as spool, site_db.transaction() as connection:
            spool.write(archive[1])
            upload = receive(Form({}, spool, archive[0]), Limits())
            publish(connection.root()["mypi"].indexes["stable"], upload, BOB)

    return rival_upload


@pytest.mark.parametrize("what", [WHOLE, RELEASE], ids=["project", "release"])
def test_a_file_uploaded_just_before_does_not_hang_below_what_is_gone(
    stable, put, rival_upload, tm, what
):
    # The first key of a bucket is not among what goes, nor is all of it: else BTrees conflict.
    for archive in (wheel("Six.Pack", "0.9"), WHEEL, SDIST):
        put(stable, archive)
    project = stable.project("six-pack")
    trash.delete(stable, "six-pack", BOB, **what)
    rival_upload(wheel("Six.Pack", "1.0", build="2"))

    with pytest.raises(ConflictError):
        tm.commit()
    tm.abort()

    trashed = trash.delete(stable, "six-pack", BOB, **what)
    tm.commit()
    left = stable.project("six-pack")
    assert (left is None) == (what == WHOLE)
    links = list(left.pages()) if left is not None else []
    assert [filename for filename, _link in links if left.file(filename) is None] == []
    assert len(links) == (0 if what == WHOLE else 1)
    assert stable.size() == sum(link.size for _filename, link in links)
    trash.restore(stable, trashed.id, LATER)
    assert len(project.links) == 4
