"""Spikes: when a name or pair was mentioned far more than expected, from start to end."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Field, Session, SQLModel, col, or_, select

from models import entity  # noqa: F401 - keys point at its table


class Spike(SQLModel, table=True):
    """One name or pair above its threshold for a while, with its figures at the start and at the peak.

    Its lifecycle: `started_at`, steps of growth, `peak_at`, `cooled_at`. Spikes caused by the same stories are one
    event: `lead_id` is the spike that leads it.
    """

    id: int | None = Field(default=None, primary_key=True)
    entity_id: int = Field(foreign_key="entity.id", index=True)
    other_id: int | None = Field(default=None, foreign_key="entity.id")
    lead_id: int | None = Field(default=None, foreign_key="spike.id")
    started_at: datetime
    seen_at: datetime
    """When it was last above the threshold."""
    cooled_at: datetime | None = Field(default=None, index=True)
    peak_at: datetime
    z: float
    peak_z: float
    count: int
    peak_count: int
    expected: float
    sigma: float
    windows: int
    """The number of earlier windows in the baseline."""
    floored: bool
    """Whether sigma is the floor given by counting noise."""
    outlets: int


class Step(SQLModel, table=True):
    """A step in the life of a spike: its start, and each doubling of its stories since the last step."""

    __tablename__ = "spike_step"
    __table_args__ = {"sqlite_with_rowid": False}

    spike_id: int = Field(foreign_key="spike.id", primary_key=True)
    count: int = Field(primary_key=True)
    at: datetime
    z: float
    outlets: int


def steps_of(session: Session, spike: Spike) -> list[Step]:
    """The steps of a spike, first to last."""
    return list(session.exec(select(Step).where(Step.spike_id == spike.id).order_by(col(Step.count))))


def spike_ids_of(session: Session, ids: Sequence[int]) -> list[int]:
    """The ids of all spikes of a name or pair, and of the spikes that led them."""
    first, second = [*ids, None][:2]
    rows = session.exec(select(Spike.id, Spike.lead_id).where(Spike.entity_id == first, Spike.other_id == second)).all()
    return sorted({key for row in rows for key in row if key is not None})


def last_spike(session: Session, ids: Sequence[int], until: datetime) -> Spike | None:
    """The latest spike of a name or pair that started by a moment; None if there is none."""
    first, second = [*ids, None][:2]
    query = select(Spike).where(Spike.entity_id == first, Spike.other_id == second, Spike.started_at <= until)
    return session.exec(query.order_by(col(Spike.id).desc())).first()


def ids_of(spike: Spike) -> tuple[int, ...]:
    """The entity ids of a spike: one for a name, two for a pair."""
    return (spike.entity_id,) if spike.other_id is None else (spike.entity_id, spike.other_id)


def led_by(session: Session, spike: Spike) -> list[Spike]:
    """The spikes led by another one, strongest first."""
    query = select(Spike).where(Spike.lead_id == spike.id).order_by(col(Spike.peak_z).desc(), col(Spike.id))
    return list(session.exec(query))


def open_spikes(session: Session) -> list[Spike]:
    """Spikes that have not cooled."""
    return list(session.exec(select(Spike).where(col(Spike.cooled_at).is_(None)).order_by(col(Spike.id))))


def recent_spikes(session: Session, since: datetime) -> list[Spike]:
    """Spikes that were above the threshold at or after a moment, and those that have not cooled."""
    lasting = or_(col(Spike.seen_at) >= since, col(Spike.cooled_at).is_(None))
    return list(session.exec(select(Spike).where(lasting).order_by(col(Spike.id))))
