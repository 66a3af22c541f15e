"""What takes the room is counted where it is."""

from ZODB.blob import Blob

from mypi.model.docs import Docs
from mypi.services import space, trash
from mypi.services.actor import Actor
from tests.factories import sdist, wheel

ADA = Actor("ada", 5.0)


def put_all(put, index, *archives):
    for archive in archives:
        put(index, archive)
    return sum(len(content) for _name, content in archives)


def test_a_project_takes_its_archives_and_its_documentation(stable, put):
    size = put_all(put, stable, wheel("six", "1.0"), sdist("six", "1.0"), wheel("six", "1.1"))
    six = stable.project("six")
    six.document(Docs(Blob(), 300, "", by="ada", now=1.0))
    six.document(Docs(Blob(), 40, "", by="ada", now=1.0), six.release("1.1"))

    assert space.of_project(six) == ("six", 3, size, 340)


def test_the_trash_takes_what_can_be_restored(site, stable, put):
    size = put_all(put, stable, wheel("six", "1.0"))
    put_all(put, stable, wheel("six", "1.1"))

    trash.delete(stable, "six", ADA, "1.0")

    assert space.of_trash(stable) == size
    assert space.of_trash(site) == 0


def test_the_disk_is_asked_for_its_files(site_db, tmp_path):
    (tmp_path / "some").mkdir()
    (tmp_path / "some/0x01.blob").write_bytes(b"x" * 1000)
    (tmp_path / "some/.layout").write_bytes(b"bushy")

    disk = space.of_disk(site_db, tmp_path / "some", is_ours=True)

    assert disk.database == site_db.getSize() > 0
    assert disk.folder == 1000
    assert disk.free is not None
    assert disk.free > 0


def test_what_cannot_be_told_is_not_made_up(site_db, tmp_path):
    gone = space.of_disk(site_db, tmp_path / "gone", is_ours=True)
    cache = space.of_disk(site_db, tmp_path, is_ours=False)
    late = space.of_disk(site_db, tmp_path, is_ours=True, seconds=-1)

    assert gone.free is None
    assert cache.folder is late.folder is None
