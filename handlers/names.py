"""/names: names found in the news that are not in the gazetteer; an operator confirms, merges or rejects them."""

import re

from sqlmodel import Session

from chat.errors import UserError
from chat.reply import Action, ListItem, Reply, Section
from chat.request import Request
from handlers.arguments.subject import SHOWN, parse_entities
from handlers.command import Command, Option, OptionKind
from handlers.name_buttons import name_buttons
from handlers.wording import counted, stories_words, time_words
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
"""Most names listed at once."""

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
            return Reply(f"{entity.name} is already confirmed", private=True)
        confirm_name(session, entity)
        return Reply(
            f"{entity.name} is confirmed",
            f"Its kind is {entity.kind}. It is no longer marked as new.",
            actions=(Action(entity.name[:40], f"/trend {entity.name}"), Action("More", "/names")),
        )
    reject_name(session, entity)
    return Reply(
        f"{entity.name} is rejected",
        f"I won't suggest it again. Its {stories_words(candidate.stories)} will be recounted in the next poll.",
        actions=(Action("More", "/names"),),
    )


def _list(session: Session) -> Reply:
    found = provisional_names(session, LISTED)
    if not found:
        return Reply(
            "No new names to review",
            "Names that nobody has listed appear here when the news mentions them often.",
        )
    above = parents_by_child(session)
    known = by_id(session, (parent for one in found for parent in above.get(one.entity.id or 0, ())))
    items = []
    for one in found:
        of = " of " + known[above[one.entity.id or 0][0]].name if above.get(one.entity.id or 0) else ""
        since = (
            f"first seen {time_words(one.entity.first_seen)}"
            if one.entity.first_seen
            else "first seen before records began"
        )
        items.append(
            ListItem(one.entity.name, note=f"{one.entity.kind}{of}; {since}; {stories_words(one.candidate.stories)}")
        )
    total = count_provisional(session)
    first = found[0].entity.name
    text = "Found in the news, but listed by nobody. Confirm each name, merge X into Y, or reject it."
    if total > len(found):
        text += f" Showing the newest {len(found)}."
    return Reply(
        counted(total, "new name"),
        text,
        sections=(Section("Newest first", tuple(items)),),
        actions=name_buttons(first),
    )


def _merge(session: Session, words: str) -> Reply:
    parts = _INTO.split(words.strip())
    if len(parts) != 2:
        raise UserError(
            "Which name should be merged into which?", "For example: /names merge Muse-Spark AI into Muse Spark"
        )
    entity, candidate = _found(session, parts[0], MERGE)
    others = parse_entities(session, parts[1], f"/names merge {entity.name} into")
    if len(others) != 1 or others[0].id == entity.id:
        raise UserError(
            f"I can't merge {entity.name} into “{parts[1][:SHOWN]}”.", "Give one other name, such as: merge X into Y."
        )
    merge_name(session, entity, others[0])
    transfer_watches(session, entity.id or 0, others[0].id or 0)
    return Reply(
        f"{entity.name} is merged into {others[0].name}",
        f"Its spellings now mean {others[0].name}. Its {stories_words(candidate.stories)} will move in the next poll.",
        actions=(Action(others[0].name[:40], f"/trend {others[0].name}"), Action("More", "/names")),
    )


def _found(session: Session, words: str, action: str) -> tuple[Entity, Candidate]:
    """Returns the discovered name. Raises UserError for no name, a pair, and a name of the gazetteer."""
    if not words.strip():
        raise UserError("Which name do you mean?", "See /names.", (Action("Names", "/names"),))
    one, *more = parse_entities(session, words, f"/names {action}")
    candidate = None if more else candidate_of(session, one)
    if candidate is None:
        raise UserError(f"{one.name} is listed, so there is nothing to review.", "See /names for the new names.")
    return one, candidate


def command() -> Command:
    """Returns the command."""
    return Command(
        "names",
        "New names found in the news, to confirm, merge or reject.",
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
