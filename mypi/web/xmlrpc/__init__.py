"""XML-RPC, as old tools and mirrors speak it: reading only.

Posted as ``text/xml`` to the addresses that take uploads.  ``wire`` reads calls and writes answers,
``methods`` knows who does what.
"""

from typing import Any


def includeme(config: Any) -> None:
    """The door."""
    config.add_view_predicate("xml_rpc", "mypi.web.xmlrpc.views.XmlRpcPredicate")
    config.scan("mypi.web.xmlrpc.views")
