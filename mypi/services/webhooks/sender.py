"""The task of the background that sends: of several processes one, each receiver by itself.

A round never waits for a receiver.  Each gets a thread for a batch, which sends and then writes
down what was taken; a slow one keeps nobody but itself.
"""

import logging
import threading
import time
from itertools import islice
from typing import Any, NamedTuple

from transaction.interfaces import TransientError

from mypi.model import Site, Webhook
from mypi.model.site import ROOT_KEY
from mypi.services import leases
from mypi.services.background import Background
from mypi.services.webhooks.events import Event, message
from mypi.services.webhooks.following import begin, hooks, is_far_ahead, waiting
from mypi.services.webhooks.keeping import keep
from mypi.services.webhooks.sending import Message, send

log = logging.getLogger(__name__)

LEASE = "webhooks"
LEASE_SECONDS = 60.0
"""Twice as long as a message may take, and some: who sends has half of it left when it begins."""
AT_ONCE = 8
"""Receivers that are sent to at the same time."""
BATCH = 20
"""Messages to one receiver between two transactions; a crash sends so many again at most."""
REST = 30.0
"""Seconds in which nothing is sent again that could not be written down as sent."""
GRACE = 5.0
"""Seconds that stopping waits for messages on their way."""


class Job(NamedTuple):
    """A batch for one receiver, as plain values."""

    number: str
    url: str
    secret: str
    events: list[Event]
    messages: list[Message]


class Sender:
    """Sends what webhooks of a database are to be told, as ``process``, while there is a thread.

    ``urls`` is asked for the address of an index by name, empty if the site does not know it.
    """

    def __init__(
        self, database: Any, process: str, background: Background, urls: "Addresses"
    ) -> None:
        self._database = database
        self._process = process
        self._background = background
        self._urls = urls
        self._threads: dict[str, threading.Thread] = {}
        self._served: dict[str, float] = {}
        self._resting: dict[str, float] = {}
        self._lock = threading.Lock()
        self._is_over = False
        self._has_led = False

    def __call__(self) -> bool:
        """Begin what is due; never anything more for this thread."""
        if not self._background.is_running:
            self._end()
            return False
        self._is_over = False
        with self._database.transaction(note="webhooks") as connection:
            site = connection.root()[ROOT_KEY]
            jobs = self._due(site, time.time()) if site.webhooks else []
        for job in jobs:
            thread = threading.Thread(
                target=self._work, args=(job,), name=f"mypi webhook {job.number}", daemon=True
            )
            with self._lock:
                self._threads[job.number] = thread
            thread.start()
        return False

    def _due(self, site: Site, now: float) -> list[Job]:
        """The batches to send now; takes the lease if there are any."""
        if leases.is_elsewhere(site, LEASE, self._process, now):
            return []
        with self._lock:
            busy = set(self._threads)
        free = [it for it in hooks(site) if it.id not in busy and it.progress.next_try <= now]
        free = [it for it in free if self._resting.get(it.id, 0.0) <= time.monotonic()]
        free.sort(key=lambda it: self._served.get(it.id, 0.0))
        jobs: list[Job] = []
        for hook in free:
            events = list(islice(waiting(site, hook), BATCH))
            if events and len(jobs) + len(busy) < AT_ONCE:
                jobs.append(self._job(hook, events))
                self._served[hook.id] = time.monotonic()
            elif not events and is_far_ahead(site, hook):
                begin(site, hook)
        if jobs:
            self._has_led = leases.hold(site, LEASE, self._process, now, LEASE_SECONDS)
        return jobs

    def _job(self, hook: Webhook, events: list[Event]) -> Job:
        bodies = [Message(it.id, it.name, message(it, self._urls(it.of))) for it in events]
        return Job(hook.id, hook.url, hook.secret, events, bodies)

    def _work(self, job: Job) -> None:
        """Send a batch and write down what came of it; in a thread of its own."""
        try:
            answers = send(job.url, job.secret, job.messages)
            for _attempt in range(5):
                if self._is_over:
                    return
                try:
                    self._keep(job, answers)
                    break
                except TransientError:  # somebody tests or removes it at this moment
                    continue
        except Exception:
            self._resting[job.number] = time.monotonic() + REST
            log.exception("webhook %s: what was sent could not be written down", job.number)
        finally:
            with self._lock:
                del self._threads[job.number]
            self._background.wake()

    def _keep(self, job: Job, answers: list[Any]) -> None:
        with self._database.transaction(note="webhooks") as connection:
            site = connection.root()[ROOT_KEY]
            hook = (site.webhooks or {}).get(job.number)
            now = time.time()
            if hook is None or not leases.hold(site, LEASE, self._process, now, LEASE_SECONDS):
                return
            keep(site, hook, job.events, answers, now)
        last = answers[-1]
        if not last.is_taken:
            log.warning("webhook %s: %s (message %d)", job.number, last.said, len(answers))

    def _end(self) -> None:
        """Wait a little for what is on its way, and let another process go on."""
        until = time.monotonic() + GRACE
        with self._lock:
            threads = list(self._threads.values())
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))
        self._is_over = True
        if self._has_led:
            with self._database.transaction(note="webhooks") as connection:
                leases.release(connection.root()[ROOT_KEY], LEASE, self._process)
            self._has_led = False


class Addresses:
    """The address of an index; empty when the settings do not say the site's."""

    def __init__(self, url: str, default_index: str) -> None:
        self._url = url
        self._default = default_index

    def __call__(self, index: str) -> str:
        """Without its last slash."""
        if not self._url:
            return ""
        return self._url if index == self._default else f"{self._url}/+{index}"
