"""/names: the names that were found in the news and that nobody has judged yet; an operator says what they are."""

import re

from sqlmodel import Session

from chat.errors import UserError
from chat.reply import Action, ListItem, Reply, Section
from chat.request import Request
from handlers.arguments.subject import SHOWN, parse_entities
from handlers.command import Command, Option, OptionKind
from handlers.wording import time_words
from models.candidate import (
    Candidate,
    candidate_of,
    confirm_name,
    count_provisional,
    merge_name,
    provisional_names,
    reject_name,
)
from models.entity import Entity, by_id, parents_by_child
from models.watch import transfer_watches

LIST, CONFIRM, MERGE, REJECT = "list", "confirm", "merge", "reject"

LISTED = 10
"""Names listed at once, the newest first."""

_INTO = re.compile(r"\s+(?:into|→|->)\s+", re.IGNORECASE)


def names(request: Request, session: Session) -> Reply:
    """Answers `/names`, `/names confirm X`, `/names merge X into Y` and `/names reject X`."""
    action = request.option("action").lower() or LIST
    if action == LIST:
        return _list(session)
    if action == MERGE:
        return _merge(session, request.option("name"))
    entity, candidate = _found(session, request.option("name"), action)
    if action == CONFIRM:
        if entity.confirmed:
            return Reply(f"{entity.name} is confirmed already", private=True)
        confirm_name(session, entity)
        return Reply(
            f"{entity.name} is confirmed",
            f"It stays a {entity.kind}, and is no longer shown as new.",
            actions=(Action(entity.name[:40], f"/trend {entity.name}"), Action("More", "/names")),
        )
    reject_name(session, entity)
    return Reply(
        f"{entity.name} is no name",
        f"It will not be found again. Its {_told(candidate)} are counted anew with the next poll.",
        actions=(Action("More", "/names"),),
    )


def _list(session: Session) -> Reply:
    found = provisional_names(session, LISTED)
    if not found:
        return Reply("No new names wait to be judged", "Names that nobody listed are found while news are read.")
    above = parents_by_child(session)
    known = by_id(session, (parent for one in found for parent in above.get(one.entity.id or 0, ())))
    items = []
    for one in found:
        of = " of " + known[above[one.entity.id or 0][0]].name if above.get(one.entity.id or 0) else ""
        since = f"first seen {time_words(one.entity.first_seen)}" if one.entity.first_seen else "first seen long ago"
        items.append(ListItem(one.entity.name, note=f"{one.entity.kind}{of}; {since}; {_told(one.candidate)}"))
    total = count_provisional(session)
    first = found[0].entity.name
    text = "Found in the news, listed by nobody. Say of each whether it is a name: confirm, merge X into Y, or reject."
    if total > len(found):
        text += f" The {len(found)} newest are shown."
    return Reply(
        f"{total} new {'name' if total == 1 else 'names'}",
        text,
        sections=(Section("Newest first", tuple(items)),),
        actions=name_buttons(first),
    )


def name_buttons(name: str) -> tuple[Action, ...]:
    """What an operator can say of a provisional name, one button each."""
    return (
        Action(f"Confirm {name}"[:40], f"/names confirm {name}"),
        Action(f"Reject {name}"[:40], f"/names reject {name}"),
    )


def _merge(session: Session, words: str) -> Reply:
    parts = _INTO.split(words.strip())
    if len(parts) != 2:
        raise UserError("Say which name goes into which.", "For example: /names merge Muse-Spark AI into Muse Spark")
    entity, candidate = _found(session, parts[0], MERGE)
    others = parse_entities(session, parts[1], f"/names merge {entity.name} into")
    if len(others) != 1 or others[0].id == entity.id:
        raise UserError(f"{entity.name} can be merged into one other name.", f"“{parts[1][:SHOWN]}” is none.")
    merge_name(session, entity, others[0])
    transfer_watches(session, entity.id or 0, others[0].id or 0)
    return Reply(
        f"{entity.name} is {others[0].name}",
        f"Its spellings go there now; its {_told(candidate)} follow with the next poll.",
        actions=(Action(others[0].name[:40], f"/trend {others[0].name}"), Action("More", "/names")),
    )


def _found(session: Session, words: str, action: str) -> tuple[Entity, Candidate]:
    """The found name that is meant. Raises UserError for others: those are the catalogue's."""
    if not words.strip():
        raise UserError("Which name?", "See /names.", (Action("Names", "/names"),))
    one, *more = parse_entities(session, words, f"/names {action}")
    candidate = None if more else candidate_of(session, one)
    if candidate is None:
        raise UserError(f"{one.name} was not found in the news: it is listed.", "The catalogue's files say what it is.")
    return one, candidate


def _told(candidate: Candidate) -> str:
    return f"{candidate.stories} {'story' if candidate.stories == 1 else 'stories'}"


def command() -> Command:
    """The command."""
    return Command(
        "names",
        "Which new names were found in the news?",
        "/names",
        lambda request, session, _now: names(request, session),
        (
            Option(
                "action", "list, confirm, merge or reject", OptionKind.CHOICE, choices=(LIST, CONFIRM, MERGE, REJECT)
            ),
            Option("name", "the name; for merge: X into Y", OptionKind.NAME),
        ),
        configures=True,
        for_operators=(CONFIRM, MERGE, REJECT),
        reading=(LIST,),
    )
