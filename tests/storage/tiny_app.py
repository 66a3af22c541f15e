"""A WSGI application small enough to see what the server does: it stands in for mypi itself."""

import hashlib
import json
import threading
from types import SimpleNamespace


def main(global_config, **settings):
    """The ``paste.app_factory`` of it."""
    return TinyApp(settings)


class TinyApp:
    """Answers ``/`` with what it received; the other addresses misbehave in useful ways."""

    def __init__(self, settings):
        self.registry = SimpleNamespace(settings=settings)
        settings["mypi.at_once"] = lambda environ: environ["QUERY_STRING"] == "memory"

    def __call__(self, environ, start_response):
        misbehaving = {"/wait": self.wait, "/endless": self.endless, "/same": self.same}
        return misbehaving.get(environ["PATH_INFO"], self.echo)(environ, start_response)

    def echo(self, environ, start_response):
        """Size and digest of the body, and some of the environment."""
        body = environ["wsgi.input"]
        received = {
            "size": body.seek(0, 2),
            "sha256": hashlib.file_digest(body, "sha256").hexdigest() if not body.seek(0) else "",
            "seekable": environ.get("webob.is_body_seekable"),
            "scheme": environ["wsgi.url_scheme"],
            "query": environ["QUERY_STRING"],
            "thread": threading.current_thread().name,
        }
        return self._ok(start_response, json.dumps(received).encode())

    def wait(self, environ, start_response):
        """Answer when somebody opens the FIFO named by the query for writing."""
        with open(environ["QUERY_STRING"]) as gate:
            return self._ok(start_response, gate.read().encode())

    def same(self, environ, start_response):
        """What the client has is still good."""
        start_response("304 Not Modified", [])
        return []

    def endless(self, environ, start_response):
        """An answer without an end."""
        start_response("200 OK", [("Content-Type", "text/plain")])
        while True:
            yield b"x" * 2**16

    def _ok(self, start_response, body):
        start_response("200 OK", [("Content-Length", str(len(body)))])
        return [body]
