"""Watches and mutes: what a channel wants to be alerted to, and what not for a while."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from models import entity  # noqa: F401 - keys point at its table
from models.channel import Channel, Workspace

EVERYTHING = "everything"
NAME = "name"
PAIR = "pair"
KIND = "kind"
SET = "set"

Ids = tuple[int, ...]


class Watch(SQLModel, table=True):
    """One watch of one channel: everything, a name, a pair, all names of a kind, or a set of names."""

    __table_args__ = (UniqueConstraint("channel_id", "target"),)

    id: int | None = Field(default=None, primary_key=True)
    channel_id: int = Field(foreign_key="channel.id", index=True)
    target: str
    """everything, name:12, pair:12:40, kind:model or set:3:12:40: one text, so that no watch is stored twice."""
    entity_id: int | None = Field(default=None, foreign_key="entity.id")
    other_id: int | None = Field(default=None, foreign_key="entity.id")
    level: float | None = None
    """The z-score from which this channel is alerted; None for the bot's default."""
    min_stories: int | None = None
    """The number of stories from which it is alerted; None for the bot's default."""
    cooldown: int = 0
    """Hours after an alert of this watch without another one on the same name."""
    quiet_from: int | None = None
    quiet_to: int | None = None
    """Local hours between which alerts wait; from 22 to 7 is one night."""
    zone: str = "UTC"
    """IANA name of the time zone of the quiet hours."""
    breaks: float | None = None
    """The z-score from which alerts are sent even in quiet hours; None for never."""
    mention: str = ""
    """The platform's id of a role or user group to ping, chosen by someone who may configure the bot."""
    paused: bool = False
    created_by: str = ""
    created_at: datetime


class Mute(SQLModel, table=True):
    """A name, a pair or everything, on which a channel gets no alerts until a moment."""

    channel_id: int = Field(foreign_key="channel.id", primary_key=True)
    target: str = Field(primary_key=True)
    until: datetime


def name_target(ids: Sequence[int]) -> str:
    """The target of a name or pair; without ids, of everything."""
    if not ids:
        return EVERYTHING
    return ":".join([NAME if len(ids) == 1 else PAIR, *(str(key) for key in sorted(ids))])


def watch_target(ids: Sequence[int] = (), kind: str = "", together: bool = False) -> str:
    """The target of a watch: `together` makes two ids a pair, otherwise several ids are a set of names."""
    if kind:
        return f"{KIND}:{kind}"
    if len(ids) > 1 and not together:
        return ":".join([SET, *(str(key) for key in sorted(set(ids)))])
    return name_target(ids)


def parse_watch_target(target: str) -> tuple[Ids, str, bool]:
    """The inverse of watch_target: ids, kind, and whether the ids are a pair."""
    what, *rest = target.split(":")
    if what == KIND:
        return (), rest[0], False
    return tuple(map(int, rest)), "", what == PAIR


def matches_target(target: str, ids: Ids, kinds: Iterable[str]) -> bool:
    """Whether a target covers a name (one id) or a pair (two) of these kinds."""
    keys, kind, together = parse_watch_target(target)
    if kind:
        return kind in kinds
    if together:
        return ids == keys
    return not keys or bool(set(keys) & set(ids))


def watches(session: Session, channel: Channel) -> list[Watch]:
    """The watches of a channel, oldest first."""
    return list(session.exec(select(Watch).where(Watch.channel_id == channel.id).order_by(col(Watch.id))))


def watches_matching(session: Session, channel: Channel, ids: Sequence[int], kinds: Iterable[str] = ()) -> list[Watch]:
    """The watches of a channel that cover a name or pair: the most specific first, everything last."""
    kinds = tuple(kinds)
    found = [watch for watch in watches(session, channel) if matches_target(watch.target, tuple(sorted(ids)), kinds)]
    exact = name_target(list(ids))
    order = (exact, PAIR, NAME, SET, KIND, EVERYTHING)
    return sorted(
        found, key=lambda watch: order.index(watch.target if watch.target == exact else watch.target.split(":")[0])
    )


def find_watch(session: Session, channel: Channel, target: str) -> Watch | None:
    """A channel's watch with exactly this target, or None."""
    return session.exec(select(Watch).where(Watch.channel_id == channel.id, Watch.target == target)).first()


def all_watches(session: Session) -> list[Watch]:
    """All watches of the workspaces the bot is in, oldest first."""
    here = select(Channel.id).join(Workspace).where(col(Workspace.left_at).is_(None))
    return list(session.exec(select(Watch).where(col(Watch.channel_id).in_(here)).order_by(col(Watch.id))))


def active_mutes(session: Session, now: datetime) -> list[Mute]:
    """The mutes in force at a moment."""
    return list(session.exec(select(Mute).where(Mute.until > now)))


def muted_until(
    mutes: Iterable[Mute], channel_id: int, ids: Ids, kinds: Iterable[str], now: datetime
) -> datetime | None:
    """Until when a channel has muted a name or pair of these kinds; None if it hasn't."""
    kinds = tuple(kinds)
    times = [
        mute.until
        for mute in mutes
        if mute.channel_id == channel_id and mute.until > now and matches_target(mute.target, ids, kinds)
    ]
    return max(times, default=None)


def transfer_watches(session: Session, old: int, new: int) -> None:
    """Moves the watches and mutes of one entity to another, after the two were merged."""
    rows: list[Watch | Mute] = [*session.exec(select(Watch)), *session.exec(select(Mute))]
    stored = {(type(row), row.channel_id, row.target) for row in rows}
    for row in rows:
        ids, _, together = parse_watch_target(row.target)
        if old not in ids:
            continue
        kept = tuple(sorted({new if key == old else key for key in ids}))
        # A pair of the two becomes that one name, and a set may also shrink to one.
        target = watch_target(kept, together=together)
        if (type(row), row.channel_id, target) in stored:
            session.delete(row)
            continue
        stored.add((type(row), row.channel_id, target))
        row.target = target
        if isinstance(row, Watch):
            row.entity_id, row.other_id = [*(kept if together or len(kept) == 1 else ()), None, None][:2]
        session.add(row)
