"""Executions lost and environments kept warm by three ways to release: ``.venv/bin/python -m benchmarks.releases``.

Each sees the same histories: a deployment a day, executions that run, wait, are paused and resumed, and events that
start one hours after they were sent. An execution on a deactivated version is lost after 15 minutes.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from datetime import timedelta

from bounds import Row, report

from durable_mi.release.policy import DrainPolicy
from durable_mi.release.scaling import PARKED
from tests.unit.release.janitor import Pass, Store
from tests.unit.release.service import LAG, RefusedError, Service

HISTORIES = 20
DAYS = 5
EVERY = 5
RETRIES = 15.0
EVENT_AGE = 360.0
DAY = 24 * 60
DEPLOYS_AT = 600
STARTS, EVENTS, PAUSES = 0.03, 0.01, 0.02

Janitor = Callable[[Service], None]


def parks_when_nothing(*statuses: str) -> Janitor:
    """Return a janitor that parks a version at once when no execution in one of the statuses is listed."""

    def look(service: Service) -> None:
        for version in list(service.versions.values()):
            listed = service.listed_open(version.number)
            is_busy = any(listed.get(status) for status in statuses)
            if version.number not in service.live and version.scaling != PARKED and not is_busy:
                try:
                    service.put_scaling(version.number, PARKED)
                except RefusedError:
                    continue

    return look


def drains() -> Janitor:
    """Return the janitor of this library."""
    store, policy = Store(), DrainPolicy(rollback_window=timedelta(minutes=30))
    return lambda service: Pass(service, store, policy).run()


def history(seed: int, janitor: Janitor) -> Service:
    """Play the days of a seed with a janitor."""
    chance = random.Random(seed)  # noqa: S311 - the same seed gives the same history
    service = Service(event_age=EVENT_AGE, retention=14 * DAY, retries=RETRIES)
    for minute in range(0, DAYS * DAY, EVERY):
        if minute % DAY == DEPLOYS_AT:
            service.move(service.publish())
        # Both are drawn in each step: what a janitor does must not change what happens.
        starts, sent, paused = (chance.random() < share for share in (STARTS, EVENTS, PAUSES))
        length, delay = chance.choice((2.0, 45.0, 600.0, 1500.0)), chance.uniform(0, EVENT_AGE)
        if starts:
            service.start_by_alias(length, LAG)
        if sent:
            service.queue(delay, length)
        if paused:
            for execution in service.executions:
                service.pause_or_resume(execution)
        janitor(service)
        service.advance(EVERY)
    return service


def main() -> int:
    """Print the figures, and return 1 if this library's way loses an execution."""
    ways: dict[str, Callable[[], Janitor]] = {
        "park when nothing is RUNNING": lambda: parks_when_nothing("RUNNING"),
        "count what is PAUSED too": lambda: parks_when_nothing("RUNNING", "PAUSED"),
        "drain, as this library does": drains,
    }
    print(f"{HISTORIES} histories of {DAYS} days, a deployment a day")
    lost = 0
    for name, way in ways.items():
        services = [history(seed, way()) for seed in range(HISTORIES)]
        lost = sum(each.is_lost for service in services for each in service.executions)
        lost += sum(service.dropped for service in services)
        warm = sum(service.warm for service in services) / HISTORIES / DAYS
        print(f"{name:<30} {lost:>5} executions lost  {warm:>7.1f} environment-hours a day")
    return report([Row("executions lost by draining, of all ways the one of this library", lost, 0)])


if __name__ == "__main__":
    sys.exit(main())
