"""``mypi check``: what is damaged is named, and what can be made again is."""

import pytest

from mypi.model import Link
from tests.commandline import Keeper
from tests.factories import wheel
from tests.inside import actions, index
from tests.reading import served


@pytest.fixture
def mypi(tmp_path):
    keeper = Keeper(tmp_path / "var")
    keeper.publish("stable", *(wheel("six", f"1.{number}") for number in range(3)))
    keeper.publish("incubator", wheel("demo", "0.1"))
    return keeper


def blob(mypi):
    """The file of some archive."""
    return next(path for path in sorted(mypi.data.rglob("*.blob")))


def test_a_sound_index_is_said_to_be_so(mypi):
    said = mypi("check --deep")

    assert said.out == ""
    assert "4 files looked at, " in said.err
    assert "all is well" in said.err


def test_damage_is_told_and_is_an_exit_code(mypi):
    path = blob(mypi)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1])

    said = mypi.run("check")

    assert said.code == 1
    assert "six-1." in said.out
    assert "the archive has " in said.out
    assert "1 problem" in said.err


def test_what_is_repaired_is_no_failure(mypi):
    with served(mypi.data) as wsgi, index(wsgi) as stable:
        six = stable.project("six")
        name = "six-1.0-py3-none-any.whl"
        six.links[name] = tuple(Link(*six.links[name])._replace(size=1))

    found = mypi.run("check -i stable")
    assert (found.code, found.out.count("wrong for installers: size")) == (1, 1)
    assert mypi("check -i incubator").out == ""
    repaired = mypi("--json check --repair").json["problems"]
    assert [it["repaired"] for it in repaired] == [True]
    assert mypi("--json check").json["problems"] == []
    with served(mypi.data) as wsgi:  # mirrors and front servers learn of it by the journal
        assert actions(wsgi)[-1:] == ["repair project"]


@pytest.mark.on_files
@pytest.mark.parametrize("deep", ["", "--deep"])
def test_archives_of_deleted_indexes_are_looked_at(mypi, monkeypatch, deep):
    monkeypatch.setattr("mypi.web.api.soundness.SECONDS", -1)
    mypi("index create old")
    mypi.publish("old", wheel("attrs", "1.0"), wheel("zope", "1.0"), wheel("zope", "2.0"))
    mypi("delete zope==2.0 -i old --yes")
    mypi("index delete old --yes")
    for path in mypi.data.rglob("*.blob"):
        path.chmod(0o600)
        path.write_bytes(bytes(path.stat().st_size) if deep else b"short")

    found = mypi.run(f"--json check {deep}").json["problems"]

    told = [(it["project"], it["what"][:30]) for it in found if "deleted" in it["what"]]
    assert told == [
        ("old/attrs", "in a deleted index: the archive"[:30]),
        ("old/zope", "in a deleted index: the archive"[:30]),
        ("old/zope", "in a deleted index: in the trash"[:30]),
    ]


@pytest.mark.on_files
@pytest.mark.parametrize("name", ["0x0000000000000001.blob", "notes.txt"])
def test_files_that_nothing_can_reach_are_found_and_removed(mypi, name):
    stray = blob(mypi).with_name(name)
    stray.write_bytes(b"whose?")

    said = mypi.run("--json check")
    assert said.code == 1
    (problem,) = said.json["problems"]
    assert problem["filename"].endswith(name)
    assert mypi("check -i stable").out == ""
    assert "no transaction knows" in mypi("check --repair").out
    assert not stray.exists()
    assert "all is well" in mypi("check --deep").err


@pytest.mark.on_files
def test_what_is_being_stored_is_no_stray(mypi):
    coming = blob(mypi).with_name("0x7fffffffffffff00.blob")
    coming.write_bytes(b"soon")

    assert "all is well" in mypi("check --repair").err
    assert coming.exists()


def test_strays_are_looked_for_a_folder_at_a_time(mypi, monkeypatch):
    monkeypatch.setattr("mypi.web.api.strays.SECONDS", -1)
    paths = [path.with_name("x") for path in sorted(mypi.data.rglob("*.blob"))]
    for path in paths:
        path.touch()

    found = [it["filename"] for it in mypi.run("--json check").json["problems"]]

    assert found == [str(path.relative_to(mypi.data / "blobs")) for path in paths]
