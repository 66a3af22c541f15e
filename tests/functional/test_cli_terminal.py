"""What is asked, and shown, only on a terminal: the program on a real one."""

import contextlib
import os
import pty
import signal
import subprocess
import sys

import pytest

from tests.commandline import INI, Keeper, hear_ctrl_c
from tests.factories import wheel


@pytest.fixture
def mypi(tmp_path):
    return Keeper(tmp_path / "var")


class Terminal:
    """The program as it runs on a terminal; stdout is a pipe, as in ``mypi ... > file``."""

    def __init__(self, data, line):
        self.shown = ""
        self.master, slave = pty.openpty()
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-c", "from mypi.cli import main; main()"),
                *("-c", str(INI), "--set", f"data={data}", *line.split()),
            ],
            stdin=slave,
            stdout=subprocess.PIPE,
            stderr=slave,
            env={**os.environ, "COLUMNS": "80"},
            preexec_fn=hear_ctrl_c,
        )
        os.close(slave)

    def read(self, words=None):
        """Read until ``words`` are shown, or to the end; returns all that was shown."""
        while words is None or words not in self.shown:
            try:
                self.shown += os.read(self.master, 4096).decode()
            except OSError:  # as Linux says the end of a terminal
                break
        assert words is None or words in self.shown
        return self.shown

    def type(self, text):
        os.write(self.master, text.encode())

    def interrupt(self):
        """Ctrl-C, again if need be: one between the prompt and the reading goes unnoticed."""
        while self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(20)  # a second one would disturb the end

    def end(self):
        """Exit code and all that was shown."""
        shown = self.read()
        out = self.process.stdout.read().decode()
        code = self.process.wait(60)
        self.process.stdout.close()
        os.close(self.master)
        return code, shown, out


def test_deleting_asks_and_does_nothing_at_no(mypi):
    mypi.publish("stable", wheel("six", "1.0"))
    terminal = Terminal(mypi.data, "delete six==1.0")

    terminal.read("Delete six==1.0 from stable? [y/N]")
    terminal.type("n\n")

    code, shown, _out = terminal.end()
    assert code == 1
    assert "six==1.0 in stable: 1 file, " in shown
    assert "nothing was changed" in shown
    assert mypi("list").out == "six\n"


def test_deleting_goes_on_at_yes(mypi):
    mypi.publish("stable", wheel("six", "1.0"))
    terminal = Terminal(mypi.data, "delete six")

    terminal.read("[y/N]")
    terminal.type("y\n")

    code, shown, _out = terminal.end()
    assert code == 0
    assert "to have it back: mypi restore" in shown
    assert mypi("list").out == ""


def test_an_interrupted_command_says_that_it_can_be_run_again(mypi):
    mypi.publish("stable", wheel("six", "1.0"))
    terminal = Terminal(mypi.data, "delete six")

    terminal.read("[y/N]")
    terminal.interrupt()

    code, shown, _out = terminal.end()
    assert code == 130
    assert "safe to run it again" in shown
    assert "Traceback" not in shown
    assert mypi("list").out == "six\n"


def test_a_new_password_is_typed_twice_and_not_shown(mypi):
    terminal = Terminal(mypi.data, "user add ada")

    terminal.read("New password of ada: ")
    terminal.type("correct horse\n")
    terminal.read("Again: ")
    terminal.type("correct horse\n")

    code, shown, _out = terminal.end()
    assert code == 0
    assert "horse" not in shown
    assert mypi("--json user list").json["users"][0]["password"]


def test_long_work_shows_how_far_it_is_beside_its_data(mypi):
    mypi.publish("incubator", *(wheel("six", f"1.0.dev{number}") for number in range(4)))
    mypi("index set incubator --keep-prereleases 1")

    code, shown, out = Terminal(mypi.data, "retention run -i incubator").end()

    assert code == 0
    assert "retention of incubator" in shown
    assert "100%" in shown
    assert len(out.splitlines()) == 4


def test_without_progress_long_work_shows_nothing(mypi):
    mypi.publish("incubator", *(wheel("six", f"1.0.dev{number}") for number in range(4)))

    code, shown, _out = Terminal(mypi.data, "--no-progress check").end()

    assert code == 0
    assert "%" not in shown
    assert "all is well" in shown


def test_work_of_unknown_length_has_a_line_that_is_written_anew(tmp_path):
    master, slave = pty.openpty()
    code = (
        "import sys, time; from mypi.cli import output; from mypi.cli.options import Run\n"
        "with output.Progress(Run(), 'moving', None) as progress:\n"
        "    while progress.done < 3 or time.monotonic() < progress._next:\n"
        "        progress.advance(1, 'some')\n"
        "    progress.advance(1, 'all')\n"
    )
    subprocess.run([sys.executable, "-c", code], stderr=slave, check=True)
    os.close(slave)

    shown = ""
    with contextlib.suppress(OSError):  # as Linux says the end of a terminal
        while piece := os.read(master, 4096).decode():
            shown += piece

    os.close(master)
    assert shown.endswith("\rmoving: all\x1b[K\r\n")


@pytest.mark.parametrize(
    ("options", "has_colours"),
    [("", False), ("--color never", False), ("--color always", True), ("--color auto", False)],
)
def test_colours_are_for_terminals_unless_one_says_otherwise(mypi, options, has_colours):
    assert ("\x1b[" in mypi.run(f"doctor {options}").out) == has_colours
    assert ("\x1b[" in mypi.run(f"{options} doctor").out) == has_colours
