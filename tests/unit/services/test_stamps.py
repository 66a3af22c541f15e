"""What the journal tells of a project changes the stamp of its pages, which tell its serial."""

import pytest

from mypi.metadata import Metadata
from mypi.services import docs, lifecycle, trash
from mypi.services.actor import Actor
from mypi.services.promote import promote, undo
from mypi.services.publish import register
from mypi.services.stamps import stamp_of
from mypi.services.wanted import parse
from mypi.staging import Digests, Spool
from tests.factories import sdist, wheel

ADA = Actor("ada", 50.0)


class World:
    """Two indexes; in the incubator is six 1.0, a wheel and an sdist, and in the trash six 0.9."""

    def __init__(self, access, stable, incubator, tm):
        self.access = access
        self.stable = stable
        self.incubator = incubator
        self.tm = tm

    def promote(self):
        _plan, done = promote(
            self.access,
            self.incubator,
            self.stable,
            [parse("six==1.0")],
            closure=False,
            note="",
            actor=ADA,
        )
        return done

    def undo(self):
        undo(self.stable, next(reversed(self.stable.promotions.values())).id, ADA)

    def trashed(self):
        return next(iter(self.incubator.trash))


@pytest.fixture
def world(everything, stable, incubator, put, tm):
    for archive in (wheel("six", "0.9"), wheel("six", "1.0"), sdist("six", "1.0")):
        put(incubator, archive)
    trash.delete(incubator, "six", ADA, version="0.9")
    tm.commit()
    return World(everything, stable, incubator, tm)


def six(version, **fields):
    return Metadata("six", version, fields)


CHANGES = {
    "register": lambda it: register(it.incubator, six("2.0"), ADA),
    "yank": lambda it: lifecycle.yank(it.incubator, "six", "1.0", "old", ADA),
    "status": lambda it: lifecycle.set_status(it.incubator, "six", "archived", "", ADA),
    "owner": lambda it: lifecycle.add_owner(it.incubator, "six", "ada", ADA),
    "delete a file": lambda it: trash.delete(
        it.incubator, "six", ADA, version="1.0", filename=wheel("six", "1.0")[0]
    ),
    "restore": lambda it: trash.restore(it.incubator, it.trashed(), ADA),
    "throw away": lambda it: trash.purge(it.incubator, it.trashed(), ADA),
    "promote": lambda it: it.promote(),
}


def told(world):
    """Serials and stamps of the project, by index."""
    known = {}
    for index in (world.stable, world.incubator):
        entries = [serial for serial, entry in index.journal.since(0) if entry.project == "six"]
        project = index.project("six")
        stamp = stamp_of(project, project.changes) if project is not None else None
        known[index.name] = (max(entries, default=0), stamp)
    return known


def check(world, change):
    before = told(world)
    change()
    world.tm.commit()
    after = told(world)

    changed = {name for name in after if after[name][0] != before[name][0]}
    assert changed
    for name in changed:
        assert after[name][1] != before[name][1], name


@pytest.mark.parametrize("change", CHANGES)
def test_an_entry_about_a_project_changes_its_stamp(world, change):
    check(world, lambda: CHANGES[change](world))


def test_so_do_both_entries_of_a_promotion_that_is_taken_back(world, put):
    put(world.stable, wheel("six", "0.1"))
    world.promote()
    world.tm.commit()

    check(world, world.undo)


def test_and_that_of_documentation(world, site_db):
    with Spool(site_db.storage.temporaryDirectory()) as spool:
        spool.write(b"a zip")
        upload = docs.DocsUpload(spool, Digests("", "", ""), {})
        check(world, lambda: docs.keep(world.incubator, "six", "1.0", upload, ADA))
