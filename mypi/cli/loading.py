"""The ini file as pserve loads it."""

from typing import Any


def loader(ini: str) -> Any:
    """What reads ``ini``, an address as pserve takes it; it is opened when something is asked.

    plaster would read the metadata of all that is installed here to find it: a tenth of a second,
    each time.  Raises ``plaster.exceptions.LoaderNotFound`` for what is no ini file.
    """
    import plaster
    from plaster_pastedeploy import Loader

    uri = plaster.parse_uri(ini)
    return Loader(uri) if uri.scheme == "file+ini" else plaster.get_loader(ini, protocols=["wsgi"])
