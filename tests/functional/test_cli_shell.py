"""``mypi shell``: the database at hand; looking is safe, writing has to be asked for."""

import pytest
from transaction.interfaces import DoomedTransaction

from mypi.model.storage import file_uri, open_database
from tests.commandline import Keeper
from tests.factories import wheel


@pytest.fixture
def mypi(tmp_path):
    keeper = Keeper(tmp_path / "var")
    keeper.publish("stable", wheel("six", "1.0"))
    return keeper


def test_the_database_is_at_hand(mypi):
    assert mypi("shell -e 'print(*indexes, site.schema > 3)'").out == "incubator stable True\n"
    assert mypi("shell", "print(*indexes['stable'].projects)\n").out == "six\n"


def test_nothing_can_be_changed_by_looking(mypi):
    change = "site.note = 1"

    mypi(f"shell -e '{change}'")
    with pytest.raises(DoomedTransaction):
        mypi.run(f"shell -e '{change}; connection.transaction_manager.commit()'")
    again = "connection.transaction_manager.abort(); connection.transaction_manager.begin(); "
    with pytest.raises(DoomedTransaction):
        mypi.run(f"shell -e '{again}{change}; connection.transaction_manager.commit()'")
    with pytest.raises(NameError):
        mypi.run("shell -e 'commit()'")

    assert mypi("shell -e 'print(hasattr(site, \"note\"))'").out == "False\n"


def test_what_is_committed_is_written(mypi):
    said = mypi("--yes shell --write -e 'site.note = 1; commit(); site.note = 2'")

    assert said.code == 0
    assert mypi("shell -e 'print(site.note)'").out == "1\n"


def test_to_write_one_has_to_say_yes(mypi):
    assert "past all checks" in mypi.refused(2, "shell --write -e 'commit()'")


def test_beside_a_server_one_may_look_and_not_write(mypi):
    database = open_database(file_uri(str(mypi.data)), "", {})
    try:
        assert mypi("shell -e 'print(*indexes)'").out == "incubator stable\n"
        assert "stop the server first" in mypi.refused(3, "--yes shell --write -e 'commit()'")
    finally:
        database.close()


def test_nothing_is_made_where_nothing_is(tmp_path):
    mypi = Keeper(tmp_path / "away")

    assert "There is no database" in mypi.refused(3, "shell -e 'pass'")
    assert "There is no database" in mypi.refused(3, "--yes shell --write -e 'pass'")
    assert not mypi.data.exists()
