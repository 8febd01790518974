"""A typed name becomes an entity, or the near ones. Here, and only here, names may be misspelt."""

from dataclasses import dataclass

from rapidfuzz import fuzz, process
from rapidfuzz.distance import JaroWinkler
from sqlmodel import Session

from answers.understand.aliases import AliasIndex, alias_index
from gazetteer.spelling import fold, variants
from models.entity import Entity, by_alias, by_id

SURE = 88.0
"""Similarity from which a single near name is taken as meant; measured on names with one random slip."""

NEAR = 60.0
"""Similarity below which a name is not worth offering."""

ALIKE = 82.0
"""Similarity from which a name is asked back for one that stands nowhere."""

CLEAR = 4.0
"""How far the best must be ahead of the next entity to be taken without asking."""

SHORTLIST = 50


@dataclass(frozen=True)
class Resolved:
    """Who is meant. With no `entity`, `near` are those to offer; `sure` is False for a guess worth telling."""

    entity: Entity | None = None
    near: tuple[Entity, ...] = ()
    sure: bool = True


def resolve_name(session: Session, text: str) -> Resolved:
    """Who is meant by a typed name: exactly, else the one that is clearly nearest, else the near ones."""
    folded = _typed(text.strip().strip("\"'“”"))
    if not folded:
        return Resolved()
    exact = _spelt(session, folded)
    if len(exact) == 1:
        return Resolved(exact[0])
    if exact:
        return Resolved(near=tuple(sorted(exact, key=lambda entity: entity.name)))
    ranked = _ranked(folded, alias_index(session), 5)
    entities = by_id(session, [key for key, _ in ranked])
    if ranked and ranked[0][1] >= SURE and (len(ranked) == 1 or ranked[0][1] - ranked[1][1] >= CLEAR):
        return Resolved(entities[ranked[0][0]], sure=False)
    return Resolved(near=tuple(entities[key] for key, how in ranked if how >= NEAR))


def similar_names(session: Session, text: str) -> list[Entity]:
    """Who is spelt much like a name that nobody goes by, the nearest first."""
    folded = _typed(text)
    ranked = [key for key, how in _ranked(folded, alias_index(session), 5) if how >= ALIKE] if folded else []
    entities = by_id(session, ranked)
    return [entities[key] for key in ranked]


def resolve_exactly(session: Session, text: str) -> Entity | None:
    """Who goes by exactly these words; None for a misspelt name, and for one that several share."""
    found = _spelt(session, _typed(text.strip())) if text.strip() else []
    return found[0] if len(found) == 1 else None


def _spelt(session: Session, folded: str) -> list[Entity]:
    return by_alias(session, sorted({fold(form) for form in variants(folded)}))


def suggest_names(session: Session, text: str, limit: int = 25) -> list[str]:
    """Displayed names for what somebody has typed so far: those that begin so, then the near ones."""
    folded = _typed(text)
    known = alias_index(session)
    found = known.beginning(folded, limit)
    if len(found) < limit and folded:
        found += [key for key, _ in _ranked(folded, known, limit) if key not in found]
    return [known.shown[key] for key in found[:limit]]


def _typed(text: str) -> str:
    """What was typed in the form in which names are compared.

    Without control characters and halves of surrogates: no name has them, and PostgreSQL refuses them.
    """
    return fold("".join(char for char in text if char.isprintable() or char.isspace()))


def _ranked(folded: str, known: AliasIndex, limit: int) -> list[tuple[int, float]]:
    """Entities by how near one of their names is, best first: (id, similarity up to 100).

    Digits must agree, or GLM-5.1 would answer for GLM-5.2.
    """
    aliases, keys = known.numbered(folded)
    # A quick scan for letters in order shortlists, then both ways of being near are weighed.
    short = process.extract(
        folded, aliases, scorer=JaroWinkler.normalized_similarity, limit=SHORTLIST, score_cutoff=0.5
    )
    best: dict[int, float] = {}
    for alias, near, row in short:
        how = (fuzz.ratio(folded, alias) + 100 * near) / 2
        key = keys[row]
        best[key] = max(best.get(key, 0.0), how)
    return sorted(best.items(), key=lambda one: (-one[1], one[0]))[:limit]
