"""How files and releases enter an index: real database, no web."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import transaction
from ZODB.DB import DB
from ZODB.POSException import ReadConflictError

from mypi.archives import Limits
from mypi.errors import Conflict, NotAllowed
from mypi.metadata import Metadata
from mypi.model.index import Index, IndexPolicy
from mypi.model.storage import DurableFileStorage
from mypi.services import publish as service
from mypi.services.actor import Actor
from mypi.services.publish import publish, register
from mypi.services.receive import Form, Upload, receive
from mypi.staging import Spool
from tests.factories import sdist, wheel
from tests.wire import digest

ADA = Actor("ada", 1.0, "twine/7", "127.0.0.1")


@pytest.fixture
def db(tmp_path: Path) -> Iterator[DB]:
    (tmp_path / "blobs" / "tmp").mkdir(parents=True)
    database = DB(DurableFileStorage(tmp_path / "Data.fs", tmp_path / "blobs"))
    with database.transaction() as connection:
        connection.root()["index"] = Index("stable", IndexPolicy("stable"))
    yield database
    database.close()


@pytest.fixture
def manager() -> transaction.TransactionManager:
    return transaction.TransactionManager()


@pytest.fixture
def index(db: DB, manager: transaction.TransactionManager) -> Iterator[Index]:
    connection = db.open(manager)
    yield connection.root()["index"]
    manager.abort()
    connection.close()


@pytest.fixture
def upload(tmp_path: Path) -> Iterator[Callable[[tuple[str, bytes]], Upload]]:
    """Receive an archive."""
    spools: list[Spool] = []

    def stage(archive: tuple[str, bytes]) -> Upload:
        spool = Spool(tmp_path / "blobs" / "tmp")
        spools.append(spool)
        spool.write(archive[1])
        return receive(Form({}, spool, archive[0]), Limits())

    yield stage
    for spool in spools:
        spool.close()


def test_a_published_file_is_there_with_its_bytes(index, manager, upload):
    name, content = wheel("six", "1.0", requires_python=">=3.9")

    done = publish(index, upload((name, content)), ADA)
    manager.commit()

    assert done == service.Published("six", "1.0", name, new=True)
    file = index.project("six").file(name)
    assert Path(file.artifact.path).read_bytes() == content
    assert file.artifact.sha256 == digest("sha256", content)
    assert (file.by, file.uploaded, file.kind) == ("ada", 1.0, "bdist_wheel")


def test_the_installers_link_says_what_the_archive_says(index, upload):
    name, content = wheel("six", "1.0", requires_python=">=3.9")

    publish(index, upload((name, content)), ADA)

    ((listed, link),) = index.project("six").pages()
    raw = index.project("six").file(name).artifact.metadata.raw
    assert listed == name
    assert (link.version, link.size) == ("1.0", len(content))
    assert link.sha256 == digest("sha256", content)
    assert link.requires_python == ">=3.9"
    assert link.metadata_sha256 == digest("sha256", raw)


def test_the_metadata_of_an_old_sdist_is_not_offered(index, upload):
    publish(index, upload(sdist("six", "1.0", metadata_version="1.1")), ADA)

    ((_name, link),) = index.project("six").pages()
    assert link.metadata_sha256 == ""


def test_the_journal_says_who_did_what_with_which_client(index, upload):
    name, content = wheel("six", "1.0")

    publish(index, upload((name, content)), ADA)

    entries = [entry for _serial, entry in index.journal.since(0)]
    assert [entry.action for entry in entries] == ["create", "new release", f"add py3 file {name}"]
    assert entries[2].filename == name
    assert {(entry.by, entry.client, entry.address) for entry in entries} == {
        ("ada", "twine/7", "127.0.0.1")
    }


def test_the_same_bytes_again_change_nothing(index, manager, upload):
    archive = wheel("six", "1.0")
    publish(index, upload(archive), ADA)
    manager.commit()

    assert not publish(index, upload(archive), ADA).new
    assert len(index.journal) == 3


def test_uploading_other_bytes_under_a_taken_name_is_refused(index, upload):
    name, content = wheel("six", "1.0")
    publish(index, upload((name, content)), ADA)

    with pytest.raises(Conflict, match=r"^File already exists"):
        publish(index, upload(wheel("six", "1.0", summary="Other")), ADA)

    assert index.project("six").file(name).artifact.sha256 == digest("sha256", content)


def test_a_volatile_index_replaces_a_file_and_what_the_release_says(index, upload):
    index.policy.volatile = True
    publish(index, upload(wheel("six", "1.0", summary="Old")), ADA)

    name, content = wheel("six", "1.0", summary="New", requires_python=">=3.12")
    done = publish(index, upload((name, content)), ADA)

    project = index.project("six")
    assert done.new
    assert project.file(name).artifact.sha256 == digest("sha256", content)
    assert [link.requires_python for _name, link in project.pages()] == [">=3.12"]
    assert project.release("1.0").fields["summary"] == "New"


def test_replacing_one_of_two_files_leaves_what_the_release_says(index, upload):
    index.policy.volatile = True
    publish(index, upload(wheel("six", "1.0", summary="First")), ADA)
    publish(index, upload(sdist("six", "1.0", summary="Second")), ADA)

    publish(index, upload(sdist("six", "1.0", summary="Third")), ADA)

    assert index.project("six").release("1.0").fields["summary"] == "First"


def test_a_wheel_tells_the_requirements_that_an_old_sdist_before_it_did_not(index, upload):
    publish(index, upload(sdist("demo", "1.0", metadata_version="1.1", summary="First")), ADA)

    needs = {"requires_dist": ["six"], "requires_python": ">=3.9"}
    publish(index, upload(wheel("demo", "1.0", summary="Second", **needs)), ADA)

    fields = index.project("demo").release("1.0").fields
    assert fields == {"metadata_version": "1.1", "summary": "First"} | needs


def test_a_later_wheel_does_not_change_the_requirements_that_are_told(index, upload):
    publish(index, upload(wheel("demo", "1.0", requires_dist=["six"])), ADA)

    other = wheel("demo", "1.0", tags="py2-none-any", requires_dist=["enum34"])
    publish(index, upload(other), ADA)

    assert index.project("demo").release("1.0").fields["requires_dist"] == ["six"]


@pytest.mark.parametrize("status", ["archived", "quarantined"])
def test_a_closed_project_takes_neither_files_nor_releases(index, upload, status):
    publish(index, upload(wheel("six", "1.0")), ADA)
    index.project("six").status = status

    with pytest.raises(NotAllowed, match=status):
        publish(index, upload(wheel("six", "1.1")), ADA)
    with pytest.raises(NotAllowed, match=status):
        register(index, Metadata("six", "1.1"), ADA)
    assert len(index.project("six").releases) == 1


def test_registering_twice_updates_what_was_said(index):
    register(index, Metadata("six", "1.0", {"summary": "Old"}), ADA)
    register(index, Metadata("SIX", "1.0.0", {"summary": "New"}, "Long"), ADA)

    project = index.project("six")
    assert project.name == "six"
    assert [release.version for release in project.releases.values()] == ["1.0"]
    assert project.release("1").fields == {"summary": "New"}
    assert project.release("1").description.text == "Long"


@pytest.mark.parametrize("what", ["policy", "status"])
def test_what_an_upload_relied_on_must_not_change_before_it_commits(
    db, index, manager, upload, what
):
    publish(index, upload(wheel("six", "1.0")), ADA)
    manager.commit()
    publish(index, upload(wheel("six", "1.1")), ADA)

    with db.transaction() as rival:
        theirs = rival.root()["index"]
        if what == "policy":
            theirs.policy.volatile = True
        else:
            theirs.project("six").status = "archived"

    with pytest.raises(ReadConflictError):
        manager.commit()


def test_what_an_upload_relied_on_is_held_even_before_it_was_loaded(db, manager, upload):
    connection = db.open(manager)
    connection.cacheMinimize()
    publish(connection.root()["index"], upload(wheel("six", "1.0")), ADA)

    with db.transaction() as rival:
        rival.root()["index"].policy.volatile = True

    with pytest.raises(ReadConflictError):
        manager.commit()
    manager.abort()
    connection.close()


@pytest.mark.parametrize("first", ["file", "words"])
def test_a_release_says_what_its_file_says_even_if_other_words_come_at_the_same_time(
    db, index, manager, upload, first
):
    archive = wheel("six", "1.0", summary="What the file says")
    register(index, upload(archive).metadata, ADA)
    manager.commit()

    def act(there: Index, what: str) -> None:
        if what == "file":
            publish(there, upload(archive), ADA)
        else:
            register(there, Metadata("six", "1.0", {"summary": "Something else"}), ADA)

    act(index, "words" if first == "file" else "file")
    with db.transaction() as rival:
        act(rival.root()["index"], first)

    with pytest.raises(ReadConflictError):
        manager.commit()
