"""What to try when the API said no: a command that shows what there is, or how to get in."""

NOUNS = {
    "users": "mypi user list",
    "groups": "mypi group list",
    "tokens": "mypi token list",
    "webhooks": "mypi webhook list",
}


ADDRESS = "check the address: -s URL is what people type into a browser, with its prefix if any"


def hint_for(status: int, parts: tuple[str, ...], sentence: str = "") -> str:
    """A command for the ``try:`` line after ``status`` at the address of ``parts``, or nothing.

    ``sentence`` is what the server said: of what the address names, it tells which is missing.
    """
    if status == 401:
        return "put a token into MYPI_TOKEN, or log in with -u NAME"
    if status == 500:
        return "look into the server's log; without a server, the same again with -v"
    if status == 507:
        return "mypi stats --disk"
    if status == 404:
        return _what_there_is(parts, sentence)
    return ""


def _what_there_is(parts: tuple[str, ...], sentence: str) -> str:
    if sentence.startswith("There is nothing at "):
        return ADDRESS
    if sentence.startswith("There is no index "):
        return "mypi index list"
    if sentence.startswith("There is no user "):
        return "mypi user list"
    match parts:
        case ("indexes", index, "projects", _, "downloads"):
            return f"mypi list -i {index}"
        case ("indexes", index, "projects", project, _, *_):
            return f"mypi show {project} -i {index}"
        case ("indexes", index, "projects", _):
            return f"mypi list -i {index}"
        case ("indexes", index, "trash", _, *_):
            return f"mypi trash list -i {index}"
        case ("indexes", index, "promotions", _):
            return f"mypi promotions {index}"
        case ("indexes", _, "promotions"):  # of the source, which the address does not name
            return "mypi list -i FROM"
        case ("indexes", *_):
            return "mypi index list"
        case ("trash", *_):
            return "mypi trash list --indexes"
        case (noun, *_):
            return NOUNS.get(noun, "")
    return ""
