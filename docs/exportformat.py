"""The documents of the neutral format, from the code that writes and reads them."""

import inspect
import re
from typing import Any

import msgspec
from markup import table

from mypi.services.exporting import format as documents
from mypi.services.exporting.encoding import Document

WORDS = {
    "StrType": "text",
    "IntType": "number",
    "BoolType": "true or false",
    "DateTimeType": "time",
    "AnyType": "any",
    "NoneType": "null",
}


def format_documents() -> str:
    """Each document with its keys, in the order of the code."""
    found = [
        it
        for it in vars(documents).values()
        if inspect.isclass(it) and issubclass(it, Document) and it is not Document
    ]
    return "\n".join(_document(it) for it in sorted(found, key=_line))


def _document(kind: type[Document]) -> str:
    title = _name(kind)
    info: Any = msgspec.inspect.type_info(kind)
    rows = [(f"``{field.name}``", _words(field.type)) for field in info.fields]
    said = inspect.cleandoc(kind.__doc__ or "")
    # Classes are told by the names of their documents.
    said = re.sub(r":class:`(\w+)`", r"``\1``", said)
    return f"{title}\n{'~' * len(title)}\n\n{said}\n\n{table(('Key', 'What'), rows)}"


def _name(kind: type[Any]) -> str:
    return kind.__name__.removesuffix("Document").lower()


def _words(it: Any) -> str:
    name = type(it).__name__
    if name == "UnionType":
        return " or ".join(_words(each) for each in it.types)
    if name == "ListType":
        return f"list of {_words(it.item_type)}"
    if name == "TupleType":
        return "(" + ", ".join(_words(each) for each in it.item_types) + ")"
    if name == "DictType":
        return f"object, {_words(it.key_type)} to {_words(it.value_type)}"
    if name == "StructType":
        return f"a *{_name(it.cls)}*"
    if name == "LiteralType":
        return " or ".join(f"``{value}``" for value in it.values)
    return WORDS[name]


def _line(kind: type[Any]) -> int:
    return inspect.getsourcelines(kind)[1]
