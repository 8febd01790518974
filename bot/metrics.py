"""What is measured of a running bot, for Prometheus. Counters are raised where things happen, gauges read at a scrape.

Names and units as https://prometheus.io/docs/practices/naming/ asks: a prefix, base units, `_total` for counters.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import Engine
from sqlmodel import col, func, select

from models.count import hour_of, last_read, start_of
from models.database import transaction
from models.outbox import Outbox
from models.schedule import last_runs
from models.source import polled_sources, source_state

REGISTRY = CollectorRegistry()
"""Our own: the library's default one is shared by everything in the process."""

REQUESTS = Counter("trendbot_requests", "Requests answered.", ["command", "platform", "outcome"], registry=REGISTRY)
REQUEST_SECONDS = Histogram(
    "trendbot_request_seconds",
    "Time from a request to its reply.",
    ["command"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25),
    registry=REGISTRY,
)
POSTS = Counter("trendbot_posts", "Messages handed to a platform.", ["platform", "outcome"], registry=REGISTRY)
JOBS = Counter("trendbot_job_runs", "Runs of a scheduled job.", ["job", "outcome"], registry=REGISTRY)


class StoreState:
    """What the store says of itself, read anew at every scrape."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def collect(self) -> Iterator[Metric]:
        """The gauges: messages by state, sources by state, age of the newest article and of each job's last run."""
        now = self._clock()
        with transaction(self._engine) as session:
            messages = session.exec(select(Outbox.state, func.count(col(Outbox.id))).group_by(Outbox.state)).all()
            states = [source_state(one, now) for one in polled_sources(session, paused=True)]
            newest = last_read(session, hour_of(now))
            runs = last_runs(session)
        yield _gauge("trendbot_outbox_messages", "Messages in the outbox.", "state", dict(messages))
        yield _gauge(
            "trendbot_sources", "Sources that are read.", "state", {one: states.count(one) for one in set(states)}
        )
        if newest is not None:
            age = (now - start_of(newest)).total_seconds()
            yield GaugeMetricFamily("trendbot_newest_article_age_seconds", "Since the newest article.", age)
        finished = {one.name: (now - one.finished_at).total_seconds() for one in runs if one.finished_at}
        yield _gauge("trendbot_job_age_seconds", "Since a job last ended.", "job", finished)
        failed = {one.name: float(bool(one.error)) for one in runs}
        yield _gauge("trendbot_job_failed", "1 where a job's last run failed.", "job", failed)


def _gauge(name: str, text: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=[label])
    for key, value in sorted(values.items()):
        family.add_metric([key], float(value))
    return family


def exposition(state: StoreState) -> bytes:
    """All that is measured, in Prometheus's text format."""
    gauges = CollectorRegistry()
    gauges.register(state)
    return generate_latest(REGISTRY) + generate_latest(gauges)
