"""What the store holds of one person or one workspace: shown, and deleted when they ask for it.

Facts, names and sources that a person changed stay, without the person: they concern everybody.
"""

from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, delete, select, update
from sqlmodel.sql.expression import SelectOfScalar

from models.alert import Alert, Feedback
from models.channel import Channel, Workspace
from models.conversation import Conversation
from models.digest import Digest
from models.fact import Fact, FactChange
from models.installation import SlackBot, SlackInstallation
from models.outbox import Outbox
from models.source import Source
from models.watch import Mute, Watch

NOBODY = "somebody"
"""What stands in the place of a person that was forgotten."""


@dataclass(frozen=True)
class Person:
    """A person by the platform's own ids. `workspace` is the Slack team; Discord's ids are the same on every server."""

    platform: str
    workspace: str
    id: str


def workspace_data(session: Session, home: Workspace) -> dict[str, list[dict[str, Any]]]:
    """Every row that belongs to a workspace, by table, as plain values; tokens are left out."""
    channels = _channels(home)
    alerts = select(Alert.id).where(col(Alert.channel_id).in_(channels))
    return {
        "workspace": [home.model_dump(mode="json")],
        "channels": _rows(session, select(Channel).where(Channel.workspace_id == home.id)),
        "watches": _rows(session, select(Watch).where(col(Watch.channel_id).in_(channels))),
        "mutes": _rows(session, select(Mute).where(col(Mute.channel_id).in_(channels))),
        "digests": _rows(session, select(Digest).where(col(Digest.channel_id).in_(channels))),
        "alerts": _rows(session, select(Alert).where(col(Alert.channel_id).in_(channels))),
        "feedback": _rows(session, select(Feedback).where(col(Feedback.alert_id).in_(alerts))),
        "messages": _rows(session, select(Outbox).where(col(Outbox.channel_id).in_(channels))),
        "conversations": _rows(session, _conversations(home)),
    }


def forget_workspace(session: Session, home: Workspace) -> None:
    """Deletes everything that belongs to a workspace, its tokens included."""
    channels = _channels(home)
    alerts = select(Alert.id).where(col(Alert.channel_id).in_(channels))
    session.exec(delete(Outbox).where(col(Outbox.channel_id).in_(channels)))
    session.exec(delete(Feedback).where(col(Feedback.alert_id).in_(alerts)))
    for table in (Alert, Watch, Mute, Digest):
        session.exec(delete(table).where(col(table.channel_id).in_(channels)))
    for row in session.exec(_conversations(home)).all():
        session.delete(row)
    session.exec(delete(Channel).where(col(Channel.workspace_id) == home.id))
    if home.platform == "slack":
        for kept in (SlackBot, SlackInstallation):
            session.exec(delete(kept).where(col(kept.team_id) == home.external_id))
    session.delete(home)
    session.flush()


def person_data(session: Session, person: Person) -> dict[str, list[dict[str, Any]]]:
    """Every row that names a person, by table, as plain values."""
    channels = _channels_of(person)
    alerts = select(Alert.id).where(col(Alert.channel_id).in_(channels))
    by = f"{person.platform}:{person.id}"
    watches = select(Watch).where(Watch.created_by == person.id, col(Watch.channel_id).in_(channels))
    digests = select(Digest).where(Digest.created_by == person.id, col(Digest.channel_id).in_(channels))
    feedback = select(Feedback).where(Feedback.author == person.id, col(Feedback.alert_id).in_(alerts))
    return {
        "watches": _rows(session, watches),
        "digests": _rows(session, digests),
        "feedback": _rows(session, feedback),
        "conversations": _rows(session, _conversations_of(person)),
        "fact changes": _rows(session, select(FactChange).where(FactChange.by == by)),
        "sources": _rows(session, select(Source).where(Source.added_by == by)),
    }


def forget_person(session: Session, person: Person) -> int:
    """Deletes what is a person's own, and takes the person out of everything else; gives the number of rows."""
    channels = _channels_of(person)
    alerts = select(Alert.id).where(col(Alert.channel_id).in_(channels))
    by = f"{person.platform}:{person.id}"
    done = session.exec(
        delete(Feedback).where(col(Feedback.author) == person.id, col(Feedback.alert_id).in_(alerts))
    ).rowcount
    for row in session.exec(_conversations_of(person)).all():
        session.delete(row)
        done += 1
    for table in (Watch, Digest):
        here = (col(table.created_by) == person.id, col(table.channel_id).in_(channels))
        done += session.exec(update(table).where(*here).values(created_by="")).rowcount
    done += session.exec(update(FactChange).where(col(FactChange.by) == by).values(by=NOBODY)).rowcount
    done += session.exec(update(Fact).where(col(Fact.retired_by) == by).values(retired_by=NOBODY)).rowcount
    done += session.exec(update(Source).where(col(Source.added_by) == by).values(added_by=NOBODY)).rowcount
    if person.platform == "slack":
        ours = (col(SlackInstallation.user_id) == person.id, col(SlackInstallation.team_id) == person.workspace)
        values = {"user_id": NOBODY, "user_token": None, "user_refresh_token": None}
        done += session.exec(update(SlackInstallation).where(*ours).values(**values)).rowcount
    return done


def _rows(session: Session, query: SelectOfScalar[Any]) -> list[dict[str, Any]]:
    return [row.model_dump(mode="json") for row in session.exec(query)]


def _channels(home: Workspace) -> SelectOfScalar[Any]:
    return select(Channel.id).where(Channel.workspace_id == home.id)


def _channels_of(person: Person) -> SelectOfScalar[Any]:
    """The channels in which a person's id means this person."""
    query = select(Channel.id).join(Workspace).where(Workspace.platform == person.platform)
    return query.where(Workspace.external_id == person.workspace) if person.workspace else query


def _conversations(home: Workspace) -> SelectOfScalar[Conversation]:
    begins = "\x1f".join((home.platform, home.external_id, ""))
    return select(Conversation).where(col(Conversation.place).startswith(begins, autoescape=True))


def _conversations_of(person: Person) -> SelectOfScalar[Conversation]:
    """A person's questions outside of threads, which are everybody's. How places are written: handlers.ask."""
    place = col(Conversation.place)
    begins = "\x1f".join((person.platform, person.workspace, "")) if person.workspace else f"{person.platform}\x1f"
    return select(Conversation).where(
        place.startswith(begins, autoescape=True), place.endswith(f"\x1f@{person.id}", autoescape=True)
    )
