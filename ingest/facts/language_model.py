"""Facts that an optional language model proposes from articles, accepted only through
answers.language_model.fact_proposals.

    articles after the watermark -> the model's list -> gate -> entities resolved -> facts, origin llm:<model>
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from sqlalchemy import Engine
from sqlmodel import Session, col, func, or_, select

from answers.language_model.fact_proposals import CERTAINTY, Proposal, accepted_proposals, proposal_prompt
from ingest.articles.item import joined_text
from ingest.facts.tables.names import TableNames
from models.article import Article
from models.database import transaction
from models.fact import LLM, PRESS, Fact, FactSource
from models.load_state import Loaded, note_loaded

log = logging.getLogger(__name__)

READ = "language model read up to article"
"""Name of the watermark: the last article that the model has seen."""

FIRST_RUN = 50
"""Articles from before the first run that are read: a budget spent on old news is not there for the new."""

MAX_CHARACTERS = 6000
"""Maximum characters of an article in a prompt."""

Complete = Callable[[str, str], str | None]
"""A language model: (instructions, text) -> answer, or None when it can't or may not answer."""


@dataclass
class ProposalReport:
    """How a run went."""

    articles: int = 0
    taken: int = 0
    known: int = 0
    """Proposals that repeat a stored fact of any origin."""
    refused: int = 0

    def __str__(self) -> str:
        return (
            f"{self.articles} articles read: {self.taken} facts added, {self.known} already known, "
            f"{self.refused} rejected"
        )


def propose_facts(
    engine: Engine, complete: Complete, model: str, now: datetime, limit: int = FIRST_RUN
) -> ProposalReport:
    """Asks the model about articles it has not seen, oldest first; stops when it gives no answer."""
    done = ProposalReport()
    for article in _unread(engine, limit):
        text = joined_text(article.title, article.summary)
        # Asked outside of a transaction: a slow server must not lock the store.
        answer = complete(proposal_prompt(), text)
        if answer is None:
            break
        proposals, reasons = accepted_proposals(answer, text)
        if reasons:
            log.info("proposed facts rejected", extra={"article": article.id, "reasons": reasons[:5]})
        done.articles += 1
        done.refused += len(reasons)
        with transaction(engine, writes=True) as session:
            names = TableNames(session) if proposals else None
            for proposal in proposals:
                if names and _take(session, names, proposal, article, model, now):
                    done.taken += 1
                else:
                    done.known += 1
            note_loaded(session, READ, str(article.id))
    return done


def _unread(engine: Engine, limit: int) -> list[Article]:
    with transaction(engine) as session:
        noted = session.get(Loaded, READ)
        newest = session.exec(select(func.max(Article.id))).one() or 0
        after = int(noted.digest) if noted else newest - FIRST_RUN
        query = (
            select(Article)
            .where(col(Article.id) > after, or_(Article.title != "", Article.summary != ""))
            .order_by(col(Article.id))
            .limit(limit)
        )
        return list(session.exec(query))


def _take(session: Session, names: TableNames, proposal: Proposal, article: Article, model: str, now: datetime) -> bool:
    """Stores a proposal unless the same fact is known; returns whether it did."""
    subject = names.id(proposal.subject, "product")
    object_id = names.id(proposal.object, "product") if proposal.object else None
    said_on = article.published_at.date()
    amount = proposal.amount
    query = select(Fact).where(Fact.subject_id == subject, Fact.predicate == proposal.predicate)
    for fact in session.exec(query):
        same = (fact.object_id, fact.value, fact.unit) == (
            object_id, amount.value if amount else None, amount.unit if amount else "",
        )  # fmt: skip
        if same and (amount or object_id or fact.text.casefold() == proposal.text.casefold()):
            return False
    parts = (
        model,
        str(article.id),
        proposal.subject,
        proposal.predicate,
        proposal.object,
        proposal.text,
        proposal.quote,
    )
    fact = Fact(
        key=f"llm/{blake2b(chr(0).join(parts).encode(), digest_size=12).hexdigest()}",
        subject_id=subject,
        predicate=proposal.predicate,
        object_id=object_id,
        value=amount.value if amount else None,
        high=amount.high if amount else None,
        op=amount.op if amount else "",
        unit=amount.unit if amount else "",
        text=proposal.text,
        qualifiers={"token_type": amount.token_type} if amount and amount.token_type else {},
        said_on=said_on,
        recorded_at=now,
        status=proposal.status,
        certainty=CERTAINTY,
        origin=f"{LLM}{model}",
    )
    session.add(fact)
    session.flush()
    session.add(
        FactSource(
            fact_id=fact.id or 0,
            url=article.url,
            article_id=article.id,
            quote=proposal.quote,
            start=proposal.start,
            end=proposal.start + len(proposal.quote),
            said_on=said_on,
            tier=PRESS,
        )
    )
    return True
