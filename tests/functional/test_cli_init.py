"""``mypi init``: an index that only has to be started; nothing is ever overwritten."""

import configparser

import pytest

from mypi.cli.generating import KINDS
from mypi.cli.ini import values
from tests.commandline import INI, Keeper


@pytest.fixture
def mypi(tmp_path):
    return Keeper(tmp_path / "new" / "var", options="")


def test_the_next_two_commands_are_told_and_the_first_of_them_works(mypi, tmp_path):
    folder = tmp_path / "new"

    said = mypi(f"init {folder}")

    assert said.out.endswith(
        f"Next:\n  mypi serve {folder}\n  mypi -c {folder}/production.ini user add YOUR-NAME\n"
    )
    assert (folder / "var/Data.fs").exists()
    assert mypi(f"-c {folder}/production.ini config check").err.endswith("all is well\n")
    mypi(f"-c {folder}/production.ini user add ada --no-password")


def test_the_ini_file_has_every_setting_and_changes_none(mypi, tmp_path):
    mypi(f"init {tmp_path}/new --port 7000")
    ini = tmp_path / "new/production.ini"

    said = {it.key: it for it in values(str(ini), {})}

    assert said["mypi.data"].value == f"{tmp_path}/new/var"
    assert said["port"].value == "7000"
    assert {it.key for it in said.values() if it.source != "default"} == {
        "mypi.data", "host", "port", "threads",
    }  # fmt: skip
    text = ini.read_text()
    assert all(f"# {key} = {it.value}".rstrip() in text for key, it in said.items()
               if it.section == "app:main" and key != "mypi.data")  # fmt: skip


def test_it_logs_as_the_file_that_comes_with_mypi(mypi, tmp_path):
    mypi(f"init {tmp_path}/new")

    ours, theirs = configparser.RawConfigParser(), configparser.RawConfigParser()
    ours.read(tmp_path / "new/production.ini")
    theirs.read(INI)
    assert ours.sections() == theirs.sections()
    for name in theirs.sections():
        if name != "app:main":
            assert dict(ours[name]) == dict(theirs[name])


def test_address_data_and_user_go_into_all_files(mypi, tmp_path):
    data = tmp_path / "100%/data"

    mypi(f"init {tmp_path}/new --url https://pypi.example/mypi/ --data {data} --as ada")

    deploy = tmp_path / "new/deploy"
    assert {path.name for path in deploy.iterdir()} == {
        name for names in KINDS.values() for name in names
    }
    assert "server_name pypi.example;" in (deploy / "nginx.conf").read_text()
    assert "location /mypi/ {" in (deploy / "nginx.conf").read_text()
    assert "User=ada\n" in (deploy / "mypi.service").read_text()
    assert (data / "Data.fs").exists()
    assert "https://pypi.example/mypi  " in mypi(
        f"-c {tmp_path}/new/production.ini config show url"
    ).out.replace("\n", "  ")


def test_nothing_is_overwritten(mypi, tmp_path):
    mypi(f"init {tmp_path}/new")
    before = (tmp_path / "new/production.ini").read_text()

    said = mypi.refused(5, f"init {tmp_path}/new --port 7000")

    assert "Nothing was written" in said
    assert f"try: mypi serve {tmp_path}/new" in said
    assert (tmp_path / "new/production.ini").read_text() == before


def test_data_that_are_there_are_kept(mypi, tmp_path):
    mypi(f"init {tmp_path}/new")
    mypi(f"-c {tmp_path}/new/production.ini index create team")

    mypi(f"init {tmp_path}/another --data {tmp_path}/new/var")

    assert "team" in mypi(f"-c {tmp_path}/another/production.ini index list").out


def test_programs_get_one_document(mypi, tmp_path):
    said = mypi(f"--json init {tmp_path}/new --no-deploy").json

    assert said == {
        "ini": f"{tmp_path}/new/production.ini",
        "database": f"{tmp_path}/new/var/Data.fs",
        "files": ["production.ini"],
    }


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("init /proc/nothing", 3, "/proc/nothing cannot be written"),
        ("init {folder}/new --url pypi", 2, "an address such as https://pypi.example"),
        ("init {folder}/new --data /proc/nothing", 3, "The data folder /proc/nothing"),
        ("init '{folder}/a b'", 5, "mypi init --no-deploy"),
        ("init {folder}/new --port 0", 2, "--port"),
    ],
)
def test_what_cannot_be_done_is_said(mypi, tmp_path, line, code, words):
    assert words in mypi.refused(code, line.format(folder=tmp_path))
