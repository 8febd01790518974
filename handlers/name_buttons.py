"""Buttons with which an operator reviews provisional names."""

from collections.abc import Iterable

from chat.reply import Action
from models.entity import Entity


def name_buttons(name: str) -> tuple[Action, ...]:
    """Returns the buttons with which an operator reviews a provisional name."""
    return (
        Action(f"Confirm {name}"[:40], f"/names confirm {name}"),
        Action(f"Reject {name}"[:40], f"/names reject {name}"),
    )


def review_buttons(entities: Iterable[Entity]) -> tuple[Action, ...]:
    """Returns the buttons with which an operator reviews the unreviewed names among these."""
    return tuple(action for entity in entities if not entity.confirmed for action in name_buttons(entity.name))
