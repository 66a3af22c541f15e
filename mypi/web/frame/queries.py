"""Queries that links lead to: the words of the search box (``mypi.services.search.parsing``)."""


def classifier(text: str) -> str:
    """What has that very classifier."""
    return field("classifier", text)


def keyword(text: str) -> str:
    """What has that keyword."""
    return field("keyword", text)


def author(text: str) -> str:
    """What somebody of that name, or of that address, has written or maintains."""
    return field("author", text)


def requires(name: str) -> str:
    """What needs the project ``name``."""
    return field("requires", name)


def field(name: str, text: str) -> str:
    """``name:text``, quoted where that is needed; quotes within cannot be, and become spaces."""
    value = " ".join(text.replace('"', " ").split())
    is_word = value.replace("-", "").replace("_", "").replace(".", "").isalnum()
    return f"{name}:{value}" if is_word else f'{name}:"{value}"'
