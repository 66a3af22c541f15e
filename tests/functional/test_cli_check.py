"""``mypi check``: what is damaged is named, and what can be made again is."""

import pytest

from mypi.model import Link
from tests.commandline import Keeper
from tests.factories import wheel
from tests.inside import index
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
