"""What the program says without an index: its help, mistakes on the line, completion."""

import os
import subprocess
import sys

import click
import pytest

from mypi.cli import cli
from mypi.cli.completion import SHELLS
from tests.commandline import Keeper


@pytest.fixture
def mypi(tmp_path):
    return Keeper(tmp_path / "var", options="")


def commands(command=cli, path=()):
    """The words of every command and group."""
    yield path
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            yield from commands(command.get_command(context, name), (*path, name))


@pytest.mark.parametrize("words", list(commands()), ids=" ".join)
def test_every_command_explains_itself(mypi, words):
    said = mypi(" ".join([*words, "--help"]))

    assert said.out.startswith(f"Usage: {' '.join(['mypi', *words])}")
    assert len(said.out.splitlines()) > 4


def test_the_help_names_every_command(mypi):
    said = mypi("-h")

    assert {path[0] for path in commands() if path} <= set(said.out.split())
    assert "..." not in said.out.partition("Look:")[2]


def test_what_is_large_is_not_imported_for_the_help():
    large = {"httpx", "ZODB", "pyramid", "waitress", "packaging", "orjson", "transaction"}
    program = (
        "import sys; from mypi.cli import cli; cli(['--help'], standalone_mode=False); "
        f"print({large!r} & set(sys.modules))"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert done.stdout.splitlines()[-1] == "set()", done.stderr


def test_a_mistyped_command_is_told_the_nearest_one(mypi):
    assert "Did you mean promote?" in mypi.refused(2, "promte six==1.0 incubator stable")
    assert "Did you mean freeze?" in mypi.refused(2, "index freez stable")


def test_a_mistyped_option_is_told_the_nearest_one(mypi):
    assert "--reason" in mypi.refused(2, "yank six==1.0 --reson broken")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("yank six", "which release of six, as six==1.17.0"),
        ("yank six==", "cannot be read"),
        ("yank six==1.0/", "cannot be read"),
        ("yank six==one", "cannot be read"),
        ("promote 'no name' incubator stable", "not a valid project name"),
        ("show six==1.0/six-1.0.tar.gz", "says too much"),
        ("status six retired", "'active', 'archived', 'deprecated', 'quarantined'"),
        ("index create team --max-file huge", "a size such as 512 MiB"),
        ("index create team --rule readme", "warn|enforce|off"),
        ("index create team --keep-days -1", "-1"),
        ("log --since yesterday", "7d"),
        ("log --since 999999w", "longer ago"),
        ("--set data index list", "NAME=VALUE"),
        ("promote six==1.0 incubator", "Missing argument"),
        ("token create --may everything", "everything"),
    ],
)
def test_what_cannot_be_understood_is_said_before_the_index_is_looked_for(mypi, line, words):
    assert words in mypi.refused(2, line)


@pytest.mark.parametrize("shell", SHELLS)
def test_completion_is_a_script_for_the_shell(mypi, shell):
    script = mypi(f"completion {shell}").out

    assert f"_MYPI_COMPLETE={shell}_complete" in script


def test_the_shell_completes_commands_and_options():
    def completed(line):
        words = {"COMP_WORDS": line, "COMP_CWORD": str(len(line.split()) - 1)}
        done = subprocess.run(
            [sys.executable, "-c", "from mypi.cli import main; main()"],
            env={**os.environ, "_MYPI_COMPLETE": "bash_complete", **words},
            capture_output=True,
            text=True,
        )
        return {answer.partition(",")[2] for answer in done.stdout.splitlines()}

    assert completed("mypi pro") == {"promote", "promotions"}
    assert completed("mypi index un") == {"unfreeze"}
    assert "--dry-run" in completed("mypi promote --d")


def test_the_version_is_that_of_the_package(mypi):
    assert mypi("--version").out.startswith("mypi 0.")


def test_reading_no_further_is_no_error():
    program = f"{sys.executable} -c 'from mypi.cli import main; main()' --help"

    done = subprocess.run(
        ["sh", "-c", f"{{ {program}; echo ended with $? >&2; }} | head -n 1"],
        capture_output=True,
        text=True,
    )

    assert done.stderr == "ended with 0\n"
