"""``mypi config show`` and ``check``: what counts, where it comes from, and all that is wrong."""

import pytest

from mypi.cli.ini import as_text, defaults, masked
from mypi.settings import Settings
from tests.commandline import INI, Keeper


@pytest.fixture
def mypi(tmp_path):
    return Keeper(tmp_path / "var")


@pytest.fixture
def with_ini(tmp_path):
    """The program with an ini file of these lines below ``[app:main]``, and of other sections."""

    def write(lines: str, sections: str = "[server:main]\nuse = egg:mypi\n") -> Keeper:
        ini = tmp_path / "some.ini"
        ini.write_text(f"[app:main]\nuse = egg:mypi\n{lines}\n{sections}")
        return Keeper(tmp_path / "var", options=f"-c {ini}")

    return write


def settings(said):
    return {it["key"]: (it["value"], it["source"]) for it in said.json["settings"]}


def found(said):
    return [(it["level"], it["where"]) for it in said.json["problems"]]


def test_each_setting_is_shown_with_its_source(mypi):
    shown = settings(mypi("--set http_port=7000 --json config show", MYPI_TITLE="Ours"))

    assert shown["mypi.title"] == ("Ours", "MYPI_TITLE")
    assert shown["mypi.data"] == (str(mypi.data), "--set")
    assert shown["mypi.max_upload"] == ("1 GiB", "default")
    assert shown["host"] == ("127.0.0.1", INI.name)
    assert shown["port"] == ("7000", "--set")
    assert not mypi.data.exists()


def test_the_environment_says_where_to_listen(mypi):
    shown = settings(mypi("--json config show", MYPI_LISTEN="127.0.0.1:7001"))

    assert shown["listen"] == ("127.0.0.1:7001", "MYPI_LISTEN")
    assert not {"host", "port"} & shown.keys()


def test_the_command_line_comes_before_the_environment(mypi):
    said = mypi("--set mypi.title=Mine --json config show", MYPI_DATA="/nowhere", MYPI_TITLE="Ours")

    assert settings(said)["mypi.data"] == (str(mypi.data), "--set")
    assert settings(said)["mypi.title"] == ("Mine", "--set")
    mypi("index list", MYPI_DATA="/nowhere")
    assert mypi.data.exists()


def test_the_command_line_comes_before_the_file(with_ini):
    mypi = with_ini("mypi.title = Theirs\nmypi.slow = 2")

    shown = settings(mypi("--set mypi.title=Mine --json config show"))

    assert shown["mypi.title"] == ("Mine", "--set")
    assert shown["mypi.slow"] == ("2", "some.ini")
    assert "mypi.slow = x" in mypi.run("--set mypi.slow=x config check").out


@pytest.mark.parametrize(("name", "near"), [("dta", "data"), ("mypi.titel", "mypi.title")])
def test_what_would_change_nothing_is_refused(mypi, name, near):
    for command in ("index list", "serve", "config show"):
        said = mypi.refused(2, f"--set {name}=x {command}")

        assert f"the nearest name is {near}." in said


def test_people_get_a_table_of_each_section_or_what_they_ask_for(mypi):
    assert "[app:main]\nkey " in mypi("config show").out
    assert mypi("config show upload").out.splitlines()[2].split() == [
        "mypi.max_upload", "1", "GiB", "default",
    ]  # fmt: skip


def test_a_word_that_no_setting_has_is_told(mypi):
    assert mypi("config show upltoad") == (0, "", "no setting has 'upltoad' in its name\n")


def test_secrets_are_not_shown(with_ini):
    mypi = with_ini("zodbconn.uri = postgresql://ada:horse@db.example/mypi?sslpassword=battery")

    said = mypi("config show")

    assert "postgresql://ada:***@db.example/mypi?sslpassword=***" in said.out
    assert "horse" not in said.out + mypi("--json config show").out
    assert masked("some.secret", "x") == "***"


def test_the_defaults_are_written_as_they_are_read():
    assert Settings.from_ini(defaults()) == Settings()
    assert as_text(1000, is_size=True) == "1000"


def test_a_sound_file_is_said_to_be_so(mypi):
    said = mypi("config check")

    assert (said.out, said.err) == ("", f"{INI}: all is well\n")
    assert not mypi.data.exists()


def test_all_mistakes_are_told_at_once(with_ini):
    mypi = with_ini(
        "mypi.tilte = x\nmypi.max_upload = huge\nmypi.htpasswd = none\nzodbconn.uri = foo://c/d",
        "[server:main]\nuse = egg:mypi\nprot = 7\n[loggers]\nkeys = root\n",
    )

    said = mypi.run("--json config check")

    assert said.code == 1
    assert found(said) == [
        ("error", "mypi.tilte"),
        ("error", "mypi.max_upload"),
        ("error", "mypi.htpasswd"),
        ("error", "zodbconn.uri"),
        ("error", "[server:main]"),
        ("error", "[loggers]"),
    ]


@pytest.mark.parametrize(
    ("lines", "key"),
    [
        ("mypi.indexes = one two", "mypi.default_index"),
        ("mypi.default_index = three", "mypi.default_index"),
        ("zodbconn.uri = file:///x/Data.fs?pool=8", "zodbconn.uri"),
    ],
)
def test_a_mistake_between_settings_is_told_once(with_ini, lines, key):
    said = with_ini(lines).run("--json config check")

    assert (said.code, found(said)) == (1, [("error", key)])


def test_what_is_hardly_meant_is_a_warning(with_ini):
    said = with_ini("mypi.sendfile = x-accel")("--json config check", MYPI_TILTE="Ours")
    others = with_ini("", "[server:main]\nuse = egg:gunicorn\n")("--json config check")

    assert found(said) == [("warning", "MYPI_TILTE"), ("warning", "mypi.sendfile")]
    assert "MYPI_TITLE" in said.json["problems"][0]["what"]
    assert found(others) == [("warning", "[server:main]")]


def test_a_file_that_cannot_be_read_is_a_failure(mypi, with_ini, tmp_path):
    broken = tmp_path / "broken.ini"
    broken.write_text("mypi.title = x\n")

    assert "There is no none.ini" in mypi.refused(3, "-c none.ini config check")
    assert "cannot be read" in mypi.refused(3, f"-c {broken} config show")
