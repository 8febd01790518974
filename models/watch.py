"""What a channel asked to be told of, and what it wants to hear nothing of for a while."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from models.channel import Channel, Workspace

EVERYTHING = "everything"
NAME = "name"
PAIR = "pair"
KIND = "kind"
SET = "set"

Ids = tuple[int, ...]


class Watch(SQLModel, table=True):
    """One wish of one channel: everything, a name, a pair, all names of a kind, or a set of names."""

    __table_args__ = (UniqueConstraint("channel_id", "target"),)

    id: int | None = Field(default=None, primary_key=True)
    channel_id: int = Field(foreign_key="channel.id", index=True)
    target: str
    """everything, name:12, pair:12:40, kind:model or set:3:12:40: one text, so that a wish can't be stored twice."""
    entity_id: int | None = Field(default=None, foreign_key="entity.id")
    other_id: int | None = Field(default=None, foreign_key="entity.id")
    level: float | None = None
    """The z from which this channel is told; None for the bot's own."""
    min_stories: int | None = None
    """The stories from which it is told; None for the bot's own."""
    cooldown: int = 0
    """Hours after an alert of this watch in which the same name is not told of again."""
    quiet_from: int | None = None
    quiet_to: int | None = None
    """Local hours between which alerts wait; from 22 to 7 is one night."""
    zone: str = "UTC"
    """The IANA name of the time zone of the quiet hours."""
    breaks: float | None = None
    """The z from which an alert is sent in quiet hours too; None for never."""
    mention: str = ""
    """The platform's id of a role or user group to ping, chosen by someone who may configure."""
    paused: bool = False
    created_by: str = ""
    created_at: datetime


class Mute(SQLModel, table=True):
    """A name, a pair or everything, of which a channel hears nothing until a moment."""

    channel_id: int = Field(foreign_key="channel.id", primary_key=True)
    target: str = Field(primary_key=True)
    until: datetime


def name_target(ids: Sequence[int]) -> str:
    """The text that stands for a name or pair: no ids for everything."""
    if not ids:
        return EVERYTHING
    return ":".join([NAME if len(ids) == 1 else PAIR, *(str(key) for key in sorted(ids))])


def watch_target(ids: Sequence[int] = (), kind: str = "", together: bool = False) -> str:
    """The text that stands for a wish; `together` for a pair, else several ids are a set of names."""
    if kind:
        return f"{KIND}:{kind}"
    if len(ids) > 1 and not together:
        return ":".join([SET, *(str(key) for key in sorted(set(ids)))])
    return name_target(ids)


def parse_watch_target(target: str) -> tuple[Ids, str, bool]:
    """What `target_of` was given: ids, kind, and whether the ids are a pair."""
    what, *rest = target.split(":")
    if what == KIND:
        return (), rest[0], False
    return tuple(map(int, rest)), "", what == PAIR


def matches_target(target: str, ids: Ids, kinds: Iterable[str]) -> bool:
    """Whether a wish asks for a name (one id) or a pair (two) of these kinds."""
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
    """The watches of a channel that ask for a name or pair: the nearest first, everything last."""
    kinds = tuple(kinds)
    found = [watch for watch in watches(session, channel) if matches_target(watch.target, tuple(sorted(ids)), kinds)]
    exact = name_target(list(ids))
    order = (exact, PAIR, NAME, SET, KIND, EVERYTHING)
    return sorted(
        found, key=lambda watch: order.index(watch.target if watch.target == exact else watch.target.split(":")[0])
    )


def find_watch(session: Session, channel: Channel, target: str) -> Watch | None:
    """A channel's watch on exactly this."""
    return session.exec(select(Watch).where(Watch.channel_id == channel.id, Watch.target == target)).first()


def all_watches(session: Session) -> list[Watch]:
    """Every watch of the workspaces that we are in, oldest first."""
    here = select(Channel.id).join(Workspace).where(col(Workspace.left_at).is_(None))
    return list(session.exec(select(Watch).where(col(Watch.channel_id).in_(here)).order_by(col(Watch.id))))


def active_mutes(session: Session, now: datetime) -> list[Mute]:
    """The mutes that hold at a moment."""
    return list(session.exec(select(Mute).where(Mute.until > now)))


def muted_until(
    mutes: Iterable[Mute], channel_id: int, ids: Ids, kinds: Iterable[str], now: datetime
) -> datetime | None:
    """Until when a channel wants to hear nothing of a name or pair of these kinds; None when it does."""
    kinds = tuple(kinds)
    times = [
        mute.until
        for mute in mutes
        if mute.channel_id == channel_id and mute.until > now and matches_target(mute.target, ids, kinds)
    ]
    return max(times, default=None)


def transfer_watches(session: Session, old: int, new: int) -> None:
    """Makes the wishes and mutes on one entity those on another: a merged name is told of no more."""
    rows: list[Watch | Mute] = [*session.exec(select(Watch)), *session.exec(select(Mute))]
    stored = {(type(row), row.channel_id, row.target) for row in rows}
    for row in rows:
        ids, _, together = parse_watch_target(row.target)
        if old not in ids:
            continue
        kept = tuple(sorted({new if key == old else key for key in ids}))
        # A pair of the two is that one name, and a set may have shrunk to one as well.
        target = watch_target(kept, together=together)
        if (type(row), row.channel_id, target) in stored:
            session.delete(row)
            continue
        stored.add((type(row), row.channel_id, target))
        row.target = target
        if isinstance(row, Watch):
            row.entity_id, row.other_id = [*(kept if together or len(kept) == 1 else ()), None, None][:2]
        session.add(row)
