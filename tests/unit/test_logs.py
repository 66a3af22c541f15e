"""Lines of the log, as text and as JSON."""

import json
import logging

import pytest

from mypi import logs

FORMAT = "%(levelname)s %(name)s %(message)s"


@pytest.fixture
def request_id():
    token = logs.REQUEST.set("0123456789abcdef")
    yield
    logs.REQUEST.reset(token)


def record(message="hello %s", *args, error=None, **extra):
    trace = (type(error), error, error.__traceback__) if error else None
    made = logging.LogRecord("mypi.x", logging.WARNING, "x.py", 1, message, args, trace)
    vars(made).update(extra)
    return made


def test_text_is_as_the_ini_file_says():
    assert logs.Text(FORMAT).format(record("hello %s", "you")) == "WARNING mypi.x hello you"


def test_text_ends_with_the_request(request_id):
    line = logs.Text(FORMAT).format(record("hello"))

    assert line == "WARNING mypi.x hello [0123456789abcdef]"


def test_a_trace_comes_after_the_request(request_id):
    first, second, *_rest = (
        logs.Text(FORMAT).format(record("no", error=ValueError("x"))).split("\n")
    )

    assert first.endswith("[0123456789abcdef]")
    assert "ValueError" in second


def test_json_is_one_line_whatever_is_in_it(request_id):
    line = logs.Json().format(record('a "quoted"\nforged\u2028line ä', error=ValueError("x\ny")))

    assert "\n" not in line
    said = json.loads(line)
    assert said["message"] == 'a "quoted"\nforged\u2028line ä'
    assert (said["level"], said["logger"]) == ("warning", "mypi.x")
    assert said["request"] == "0123456789abcdef"
    assert said["trace"].startswith("ValueError: x\ny")
    assert said["time"].endswith("Z")


def test_json_has_more_fields_where_there_are_some():
    said = json.loads(logs.Json().format(record("slow", fields={"seconds": 1.5})))

    assert said["seconds"] == 1.5
    assert "request" not in said


def test_json_takes_the_place_of_every_format(monkeypatch):
    handler = logging.StreamHandler()
    monkeypatch.setattr(logging.root, "handlers", [handler])

    logs.use_json()

    assert isinstance(handler.formatter, logs.Json)
