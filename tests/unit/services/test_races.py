"""Two at once: who relied on what the other changed conflicts, and is retried; nothing vanishes.

Each test has two connections.  The second one to commit must conflict, or both must hold.
"""

from contextlib import contextmanager
from pathlib import Path

import pytest
from ZODB.POSException import ConflictError

from mypi.archives import Limits
from mypi.services import indexes, lifecycle, trash, users
from mypi.services.actor import Actor
from mypi.services.promote import promote, undo
from mypi.services.publish import publish
from mypi.services.receive import Form, receive
from mypi.services.wanted import parse
from mypi.staging import Spool
from tests.factories import sdist, wheel

ADA = Actor("ada", 1.0)
BOB = Actor("bob", 50.0)
NAME = "six-1.0-py3-none-any.whl"


@pytest.fixture
def upload(site_db):
    """``upload(index, archive)``: publish, and leave the commit to the caller."""
    spools = []

    def upload(index, archive):
        spool = Spool(Path(site_db.storage.temporaryDirectory()))
        spools.append(spool)
        spool.write(archive[1])
        return publish(index, receive(Form({}, spool, archive[0]), Limits()), ADA)

    yield upload
    for spool in spools:
        spool.close()


@pytest.fixture
def rival(site_db):
    """The site as somebody else has it; committed at the end of the block."""

    @contextmanager
    def rival():
        with site_db.transaction() as connection:
            yield connection.root()["mypi"]

    return rival


def change(site, **values):
    indexes.change(site, site.indexes["extra"], values, BOB)


ACTS = {
    "delete project": lambda site: trash.delete(site.indexes["extra"], "six", BOB),
    "delete release": lambda site: trash.delete(site.indexes["extra"], "six", BOB, "1.0"),
    "delete file": lambda site: trash.delete(site.indexes["extra"], "six", BOB, "1.0", NAME),
    "yank": lambda site: lifecycle.yank(site.indexes["extra"], "six", "1.0", "", BOB),
    "archive": lambda site: lifecycle.set_status(site.indexes["extra"], "six", "archived", "", BOB),
    "owner": lambda site: lifecycle.add_owner(site.indexes["extra"], "six", "carl", BOB),
    "policy": lambda site: change(site, max_size=1),
    "freeze": lambda site: change(site, frozen=True),
    "delete index": lambda site: indexes.delete(
        site, site.indexes["extra"], default="stable", force=False, actor=BOB
    ),
    "rename index": lambda site: indexes.rename(
        site, site.indexes["extra"], "another", default="stable", actor=BOB
    ),
}
OF_THE_INDEX = ("policy", "freeze", "delete index", "rename index")
ARRIVALS = {
    "file": sdist("six", "1.0"),
    "release": wheel("six", "1.1"),
    "project": wheel("other", "1.0"),
}


@pytest.fixture
def extra(site, put, tm):
    """An index with one file."""
    index = indexes.create(site, "extra", {}, ADA)
    tm.commit()
    put(index, wheel("six", "1.0"))
    return index


def check_whole(site):
    """Derived numbers and lines are right, in every index and in the trash."""
    for index in site.indexes.values():
        size = 0
        for project in index.projects.values():
            held = {
                name: file.artifact.sha256
                for release in project.releases.values()
                for name, file in release.files.items()
            }
            assert held == {name: link.sha256 for name, link in project.pages()}
            assert not held.keys() & set(index.reserved)
            size += sum(link.size for _name, link in project.pages())
        assert index.size() == size
        assert index.count() == len(index.projects)


@pytest.mark.parametrize(
    ("act", "arrival"),
    [
        (act, arrival)
        for act in ACTS
        for arrival in ARRIVALS
        if act in OF_THE_INDEX or arrival != "project"
    ],
)
def test_an_upload_that_commits_later_conflicts(site, extra, tm, upload, rival, act, arrival):
    upload(extra, ARRIVALS[arrival])
    with rival() as theirs:
        ACTS[act](theirs)

    with pytest.raises(ConflictError):
        tm.commit()

    tm.abort()
    check_whole(site)


@pytest.mark.parametrize("arrival", ARRIVALS)
@pytest.mark.parametrize("act", ACTS)
def test_an_upload_that_committed_first_is_not_lost(site, extra, tm, upload, rival, act, arrival):
    ACTS[act](site)
    with rival() as theirs:
        upload(theirs.indexes["extra"], ARRIVALS[arrival])

    try:
        tm.commit()
    except ConflictError:
        tm.abort()
        check_whole(site)
        ACTS[act](site)
        tm.commit()

    check_whole(site)
    with rival() as fresh:
        check_whole(fresh)
    if act == "delete project" and arrival != "project":
        (trashed,) = extra.trash.values()
        assert ARRIVALS[arrival][0] in trashed.what.links
        assert ARRIVALS[arrival][0] in extra.reserved
        assert trashed.size == sum(link.size for _name, link in trashed.what.pages())
        trash.restore(extra, trashed.id, BOB)
        check_whole(site)


def test_a_release_of_many_files_does_not_go_without_a_new_one(site, extra, put, tm, upload, rival):
    for build in range(1, 41):
        put(extra, wheel("six", "1.0", build=f"{build}"))
    ACTS["delete release"](site)
    with rival() as theirs:
        upload(theirs.indexes["extra"], wheel("six", "1.0", build="99"))

    with pytest.raises(ConflictError):
        tm.commit()


@pytest.mark.parametrize("act", ["delete release", "delete file"])
def test_uploads_into_other_releases_do_not_disturb(site, extra, put, tm, upload, rival, act):
    """Else retention would never come to an end while a project is busy.

    A bucket does not merge when its first key goes, so an older release is there.
    """
    put(extra, wheel("six", "0.9"))
    ACTS[act](site)
    with rival() as theirs:
        upload(theirs.indexes["extra"], ARRIVALS["release"])

    tm.commit()

    check_whole(site)
    assert set(extra.project("six").links) == {
        "six-1.1-py3-none-any.whl",
        "six-0.9-py3-none-any.whl",
    }


@pytest.mark.parametrize("emptied", [False, True])
def test_undoing_a_promotion_does_not_lose_what_came_beside_it(
    site, extra, incubator, everything, put, tm, upload, rival, emptied
):
    put(incubator, wheel("new", "1.0"))
    _plan, promotion = promote(
        everything, incubator, extra, [parse("new")], closure=False, note="", actor=ADA
    )
    if emptied:
        trash.delete(extra, "new", ADA, "1.0", "new-1.0-py3-none-any.whl")
    tm.commit()
    undo(extra, promotion.id, BOB)
    with rival() as theirs:
        upload(theirs.indexes["extra"], sdist("new", "1.0"))

    with pytest.raises(ConflictError):
        tm.commit()


@pytest.mark.parametrize("act", ["delete project", "delete release", "delete file", "archive"])
def test_a_change_that_commits_after_a_freeze_conflicts(site, extra, tm, rival, act):
    ACTS[act](site)
    with rival() as theirs:
        ACTS["freeze"](theirs)

    with pytest.raises(ConflictError):
        tm.commit()


def test_restoring_a_release_meets_the_upload_of_a_new_one(site, extra, tm, upload, rival):
    trashed = ACTS["delete release"](site)
    tm.commit()
    trash.restore(extra, trashed.id, BOB)
    with rival() as theirs:
        upload(theirs.indexes["extra"], ARRIVALS["file"])

    with pytest.raises(ConflictError):
        tm.commit()


def test_two_changes_of_bases_cannot_make_a_loop_together(site, stable, incubator, tm, rival):
    indexes.change(site, incubator, {"bases": []}, BOB)
    tm.commit()
    indexes.change(site, incubator, {"bases": ["stable"]}, BOB)
    with rival() as theirs:
        indexes.change(theirs, theirs.indexes["stable"], {"bases": ["incubator"]}, ADA)

    with pytest.raises(ConflictError):
        tm.commit()


@pytest.mark.parametrize("act", ["delete index", "rename index"])
@pytest.mark.parametrize("first", ["bases", "act"])
def test_an_index_that_goes_does_not_stay_a_base(site, extra, tm, rival, act, first):
    def new_base(of):
        indexes.change(of, of.indexes["incubator"], {"bases": ["stable", "extra"]}, BOB)

    mine, other = (ACTS[act], new_base) if first == "bases" else (new_base, ACTS[act])
    mine(site)
    with rival() as theirs:
        other(theirs)

    with pytest.raises(ConflictError):
        tm.commit()


def test_two_admins_cannot_remove_each_other(site, tm, rival):
    for name in ("ada", "bob"):
        users.add(site, name, None, ADA, groups=["admins"])
    tm.commit()
    users.remove(site, "ada", BOB)
    with rival() as theirs:
        users.remove(theirs, "bob", ADA)

    with pytest.raises(ConflictError):
        tm.commit()


def test_of_two_first_users_one_is_retried(site, tm, rival):
    users.add(site, "ada", None, ADA)
    with rival() as theirs:
        users.add(theirs, "bob", None, BOB)

    with pytest.raises(ConflictError):
        tm.commit()
