"""Calls and answers of XML-RPC: read within bounds, written so that any client can read them."""

import xmlrpc.client

import pytest

from mypi.web.xmlrpc import wire
from mypi.web.xmlrpc.wire import Fault, read


def written(value):
    (back,), _method = xmlrpc.client.loads(wire.result(value))
    return back


def test_a_call_is_read():
    arguments = ("six", {"name": ["a", "b"]}, 7, 1.5, True, None)
    body = xmlrpc.client.dumps(arguments, "search", allow_none=True).encode()

    assert read(body) == ("search", arguments)


def test_a_call_without_arguments_is_read():
    assert read(b"<methodCall><methodName>a.b</methodName></methodCall>") == ("a.b", ())


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1", "utf-16"])
def test_a_call_may_be_encoded_in_whatever_it_says(encoding):
    text = f"<?xml version='1.0' encoding='{encoding}'?><methodCall><methodName>ø</methodName>"

    assert read((text + "</methodCall>").encode(encoding))[0] == "ø"


@pytest.mark.parametrize("depth", [wire.MAX_DEPTH, wire.MAX_DEPTH + 1])
def test_depth_is_bounded(depth):
    value = "x"
    for _ in range(depth):
        value = [value]
    body = xmlrpc.client.dumps((value,), "search").encode()

    if depth > wire.MAX_DEPTH:
        with pytest.raises(Fault, match="within each other"):
            read(body)
    else:
        assert read(body)[1] == (value,)


@pytest.mark.parametrize("more", [0, 1])
def test_the_number_of_values_is_bounded(more):
    body = xmlrpc.client.dumps((list(range(wire.MAX_VALUES - 1 + more)),), "search").encode()

    if more:
        with pytest.raises(Fault, match="values"):
            read(body)
    else:
        assert len(read(body)[1][0]) == wire.MAX_VALUES - 1


def test_values_beside_each_other_do_not_count_as_within():
    value = [[1]] * 100

    assert read(xmlrpc.client.dumps((value,), "search").encode())[1] == (value,)


@pytest.mark.parametrize(
    "value",
    ["", "a", [], {}, [1, [2, {"a": None}]], {"a": [True, 1.5]}, 2**31 - 1, -(2**31), "\u20ac<&>"],
)
def test_values_come_back(value):
    assert written(value) == value


@pytest.mark.parametrize("value", [2**31, 2**40, -(2**31) - 1])
def test_large_numbers_come_back(value):
    assert b"<i8>" in wire.result(value)
    assert written(value) == value


def test_tuples_are_arrays():
    assert written([("a", 1), ("b", 2)]) == [["a", 1], ["b", 2]]


@pytest.mark.parametrize("bad", ["\x00", "\x08", "\x0b", "\x1f", "\ufffe", "\uffff", "\ud800"])
def test_what_xml_forbids_is_left_out(bad):
    assert written({"a": f"x{bad}y"}) == {"a": "xy"}
    assert written(f"{bad}\t\n") == "\t\n"


def test_a_fault_is_one():
    with pytest.raises(xmlrpc.client.Fault) as caught:
        xmlrpc.client.loads(wire.fault(Fault(-32500, "Missing: <no> \x00such thing")))

    assert caught.value.faultCode == -32500
    assert caught.value.faultString == "Missing: <no> such thing"
