"""The methods by name, and how one is called: its arguments must be of the types it names."""

import inspect
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, get_type_hints

import msgspec

from mypi.errors import MypiError
from mypi.web.xmlrpc import changes, finding, projects, releases
from mypi.web.xmlrpc.asking import Asked
from mypi.web.xmlrpc.wire import FAILED, NO_SUCH_METHOD, WRONG_ARGUMENTS, Fault

_INSTEAD = {
    "package_urls": "ask release_urls",
    "package_data": "ask release_data",
    "top_packages": "see the page of statistics",
    "release_downloads": "see the page of statistics",
    "system.multicall": "make one call a request",
}
"""What other indexes had once -> what to do."""


class Method(NamedTuple):
    """A method, and the types of its arguments; those behind the first ``required`` may go."""

    function: Callable[..., Any]
    kinds: tuple[Any, ...]
    required: int


def list_methods(asked: Asked) -> list[str]:
    """The names of all methods."""
    return sorted(METHODS)


def method_help(asked: Asked, name: str) -> str:
    """What a method takes and gives."""
    found = METHODS.get(name)
    if found is None:
        raise Fault(NO_SUCH_METHOD, _unknown(name))
    arguments = [*inspect.signature(found.function).parameters][1:]
    return f"{name}({', '.join(arguments)}): {inspect.getdoc(found.function)}"


def call(asked: Asked, name: str, arguments: Sequence[Any]) -> Any:
    """What the method ``name`` gives; raises Fault."""
    found = METHODS.get(name)
    if found is None:
        if name in _INSTEAD:
            raise Fault(FAILED, f"RuntimeError: {name} is not offered here; {_INSTEAD[name]}.")
        raise Fault(NO_SUCH_METHOD, _unknown(name))
    if not found.required <= len(arguments) <= len(found.kinds):
        raise Fault(
            WRONG_ARGUMENTS, f"client error; wrong number of arguments. {method_help(asked, name)}"
        )
    try:
        taken = [
            msgspec.convert(argument, kind)
            for argument, kind in zip(arguments, found.kinds, strict=False)
        ]
    except msgspec.ValidationError as error:
        raise Fault(WRONG_ARGUMENTS, f"client error; {error}. {method_help(asked, name)}") from None
    try:
        return found.function(asked, *taken)
    except (MypiError, ValueError) as error:
        raise Fault(FAILED, f"{type(error).__name__}: {error}") from error


def _unknown(name: str) -> str:
    return f"server error; there is no method {name[:80]!r}, ask system.listMethods"


def _method(function: Callable[..., Any]) -> Method:
    hints = get_type_hints(function, include_extras=True)
    parameters = list(inspect.signature(function).parameters.values())[1:]
    required = [it for it in parameters if it.default is it.empty]
    return Method(function, tuple(hints[it.name] for it in parameters), len(required))


METHODS: dict[str, Method] = {
    "system.listMethods": _method(list_methods),
    "system.methodHelp": _method(method_help),
    **{
        function.__name__: _method(function)
        for module in (projects, releases, changes, finding)
        for function in module.METHODS
    },
}
