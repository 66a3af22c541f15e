"""The page that Prometheus reads."""

from typing import Any

from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from mypi.services.access import ADMINISTER
from mypi.web.security import refusal


@view_config(route_name="metrics", request_method="GET", permission=NO_PERMISSION_REQUIRED)
def metrics(context: Any, request: Any) -> Response:
    """All figures of this process and, while the database answers, of the index."""
    from prometheus_client import CollectorRegistry, exposition

    from mypi.web.metrics.figures import Figures

    if request.registry.mypi.metrics != "open" and not request.access.may_administer():
        raise refusal(request.access, ADMINISTER)
    collectors = CollectorRegistry(auto_describe=False)
    collectors.register(Figures(request))
    encode, content_type = exposition.choose_encoder(request.environ.get("HTTP_ACCEPT", ""))
    response = Response(encode(collectors))
    response.headers["Content-Type"] = content_type
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
