"""What is told to Prometheus; names and units as its manual recommends."""

import logging
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from prometheus_client import process_collector, registry
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)

from mypi.model import Site
from mypi.services import health, maintenance, search, webhooks
from mypi.services.metering import BOUNDS, Tally

log = logging.getLogger(__name__)

MEANINGS = {
    "mypi_requests": "Requests answered, by the part of the site and the status.",
    "mypi_request_seconds": "Seconds until the head of an answer is ready.",
    "mypi_received_bytes": "Bytes of requests' bodies.",
    "mypi_sent_bytes": "Bytes of answers' bodies.",
    "mypi_object_loads": "Objects loaded from the database, not found in memory.",
    "mypi_retries": "Attempts after the first, since another commit was in the way.",
    "mypi_slow_requests": "Requests that took longer than mypi.slow.",
    "mypi_uploads": "Archives published.",
    "mypi_upload_bytes": "Bytes of archives published.",
    "mypi_pages": "Pages given again as they were, put together from memory, or made.",
    "mypi_info": "The version, and what the data is kept in; always 1.",
    "mypi_started_timestamp_seconds": "When the process started.",
    "mypi_ready": "1 if reading works.",
    "mypi_read_only": "1 if nothing can be published: the disk is full or cannot be written to.",
    "mypi_disk_free_bytes": "Bytes free on the disk of the archives, or of their cache.",
    "mypi_database_bytes": "Bytes of the database, without the archives on disk.",
    "mypi_projects": "Projects of an index.",
    "mypi_index_bytes": "Bytes of the archives of an index.",
    "mypi_search_lag": "Changes that searching does not know yet.",
    "mypi_webhooks_waiting": "Messages of webhooks that are not taken yet.",
    "mypi_last_backup_timestamp_seconds": "When mypi backup was last done; missing if never.",
    "mypi_last_pack_timestamp_seconds": "When the database was last packed; missing if never.",
}
"""Every figure, without the ``_total`` that counters end with -> what it tells."""


class Figures(registry.Collector):
    """All figures at the moment of ``request``."""

    def __init__(self, request: Any) -> None:
        self._request = request
        self._registry = request.registry

    def collect(self) -> Iterator[Metric]:
        """Counts of this process, its disk, and the index as far as it can be read."""
        yield from self._requests()
        yield from self._process()
        yield from process_collector.ProcessCollector(registry=None).collect()
        ready = not health.examine(self._registry.database, self._registry.room).reading
        yield _gauge("mypi_ready", ready)
        if ready:
            yield from _of_site(self._request.access.site)

    def _requests(self) -> Iterator[Metric]:
        tallies = self._registry.meters.tallies
        requests = _counter("mypi_requests", "door", "status")
        for door, tally in tallies.items():
            for status, number in tally.statuses.items():
                requests.add_metric([door, str(status)], number)
        yield requests
        yield _durations(tallies)
        for name, attribute in (
            ("mypi_received_bytes", "received"),
            ("mypi_sent_bytes", "sent"),
            ("mypi_object_loads", "loads"),
            ("mypi_retries", "retries"),
        ):
            counted = _counter(name, "door")
            for door, tally in tallies.items():
                counted.add_metric([door], getattr(tally, attribute))
            yield counted

    def _process(self) -> Iterator[Metric]:
        meters, bodies = self._registry.meters, self._registry.bodies
        for name, number in (
            ("mypi_slow_requests", meters.slow),
            ("mypi_uploads", meters.uploads),
            ("mypi_upload_bytes", meters.upload_bytes),
        ):
            counted = _counter(name)
            counted.add_metric([], number)
            yield counted
        pages = _counter("mypi_pages", "how")
        pages.add_metric(["again"], self._registry.express.hits)
        pages.add_metric(["memory"], bodies.hits)
        pages.add_metric(["made"], bodies.misses)
        yield pages
        storage = self._registry.settings["zodbconn.uri"].partition(":")[0]
        info = GaugeMetricFamily("mypi_info", MEANINGS["mypi_info"], labels=("version", "storage"))
        info.add_metric([version("mypi"), storage], 1)
        yield info
        yield _gauge("mypi_started_timestamp_seconds", meters.started)
        yield _gauge("mypi_read_only", bool(self._registry.room.trouble))
        yield _gauge("mypi_disk_free_bytes", health.free_bytes(self._registry.blob_folder) or 0)
        for what, when in maintenance.read(Path(self._registry.mypi.data)).items():
            yield _gauge(f"mypi_last_{what}_timestamp_seconds", when)


def _of_site(site: Site) -> Iterator[Metric]:
    projects = GaugeMetricFamily("mypi_projects", MEANINGS["mypi_projects"], labels=("index",))
    sizes = GaugeMetricFamily("mypi_index_bytes", MEANINGS["mypi_index_bytes"], labels=("index",))
    for name, index in site.indexes.items():
        projects.add_metric([name], index.count())
        sizes.add_metric([name], index.size())
    yield projects
    yield sizes
    yield _gauge("mypi_search_lag", search.lag(site))
    yield _gauge("mypi_webhooks_waiting", webhooks.lag(site))
    yield _gauge("mypi_database_bytes", site._p_jar.db().getSize())


def _durations(tallies: dict[str, Tally]) -> Metric:
    name = "mypi_request_seconds"
    durations = HistogramMetricFamily(name, MEANINGS[name], labels=("door",))
    for door, tally in tallies.items():
        below, buckets = 0, []
        for bound, number in zip((*BOUNDS, "+Inf"), tally.durations, strict=True):
            below += number
            buckets.append((str(bound), below))
        durations.add_metric([door], buckets, tally.seconds)
    return durations


def _counter(name: str, *labels: str) -> CounterMetricFamily:
    return CounterMetricFamily(name, MEANINGS[name], labels=labels)


def _gauge(name: str, value: float) -> Metric:
    return GaugeMetricFamily(name, MEANINGS[name], value=float(value))
