"""Two threads never compile templates at once."""

import os
import threading

from chameleon import PageTemplate

from mypi.web.frame import cooking
from tests.waiting import PATIENCE


def test_templates_are_compiled_one_after_the_other(monkeypatch):
    at_work, most = [], []
    together = threading.Barrier(4)

    def cook(template, body):
        at_work.append(template)
        for _ in range(1_000):
            os.sched_yield()  # to whoever is there as well
            most.append(len(at_work))
        at_work.pop()

    def compiled():
        together.wait(PATIENCE)
        PageTemplate("<p/>")

    cooking.one_at_a_time()
    monkeypatch.setattr(cooking, "_cook", cook)
    threads = [threading.Thread(target=compiled) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)

    assert set(most) == {1}
