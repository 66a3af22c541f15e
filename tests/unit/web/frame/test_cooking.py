"""Two threads never compile templates at once."""

import os
import threading

from chameleon import PageTemplate

from mypi.web.frame import cooking
from tests.waiting import PATIENCE


def test_templates_are_compiled_one_after_the_other(monkeypatch):
    at_work, most = [], []

    def cook(template, body):
        at_work.append(template)
        for _ in range(1_000):
            os.sched_yield()
        most.append(len(at_work))
        at_work.remove(template)

    cooking.one_at_a_time()
    monkeypatch.setattr(cooking, "_cook", cook)
    threads = [threading.Thread(target=PageTemplate, args=("<p/>",)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)

    assert most == [1, 1, 1, 1]
