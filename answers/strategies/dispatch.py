"""Which way a question is answered."""

import re
from dataclasses import replace

from answers.answer import Answer
from answers.retrieve.search import Passage
from answers.strategies.compare import compare, order, ratio, total
from answers.strategies.count import tally
from answers.strategies.disambiguation import alike_names, which
from answers.strategies.from_facts import curated
from answers.strategies.listing import define, newest, several
from answers.strategies.single_fact import Sources, fact, look, nothing
from answers.strategies.spike import Measure, whether, who, why
from answers.strategies.yes_no import verdict
from answers.understand.question import Ask, Question
from models.fact import about
from models.predicate import PREDICATES

TOPICS = 5
"""Topics offered when what was asked is not known."""

LONGEST = 500
"""Characters of a question; who writes more has pasted something."""

WAYS = {
    Ask.FACT: fact,
    Ask.LIST: several,
    Ask.YES_NO: verdict,
    Ask.COMPARE: compare,
    Ask.ORDER: order,
    Ask.NEWEST: newest,
    Ask.SUM: total,
    Ask.RATIO: ratio,
    Ask.DEFINE: define,
    Ask.WHY: fact,
    Ask.SPIKE_WHY: why,
    Ask.SPIKE_WHO: who,
}

_REFUSED = {
    Ask.ORDERS: "I only answer questions about the AI industry from the news that I have read. Ask me one: How much did Anthropic raise?",
    Ask.ADVICE: "I can't advise on buying or selling. I can tell what was reported: ask for a valuation, revenue or a funding round.",
    Ask.PRIVATE: "I don't look into anybody's private life. I can tell which role somebody has, or when they joined or left.",
    Ask.NOTHING: "What would you like to know? For example: What is the latest Claude Opus? How much did xAI raise?",
}
_SOCIAL = (
    (
        re.compile(
            r"(?:ok(?:ay)?|great|nice|cool|perfect|awesome)?[\s,!.]*(?:many )?(?:thanks|thank you|thx|ty|cheers)\b(?: (?:so|very|a|lot|lots|much|bot|all|you|again|for|that|this|the|help|answer))*",
            re.IGNORECASE,
        ),
        "You are welcome. Ask on whenever you like.",
    ),
    (
        re.compile(
            r"(?:hi|hello|hey|hallo|yo|good (?:morning|afternoon|evening|day|night)|bye|goodbye|see you|ok(?:ay)?|great|nice|cool|yes|no)\b(?: (?:there|bot|all|everyone|everybody|again|you))*",
            re.IGNORECASE,
        ),
        "Hello. Ask me about companies, models, people, deals or prices. For example: What is the latest Claude Opus?",
    ),
    (
        re.compile(r"(?:help|help me|what can (?:i|you) (?:ask|do)(?: you)?|how does this work)", re.IGNORECASE),
        "Ask about companies, models, people, deals or prices, such as: How much did xAI raise? /help has all commands.",
    ),
    (
        re.compile(
            r"(?:so |and )?(?:what(?:['’]s| is| are)? (?:the )?(?:new|news|up|latest news|going on|happening)|any news)(?: (?:today|now|this week|here))?",
            re.IGNORECASE,
        ),
        "What is talked about more than usual is told by /spikes. Or ask about one name: What is the latest Claude Opus?",
    ),
)
"""What people say to a bot besides questions, and what is said to them."""

_MARKED = re.compile(r"<[^<>]*>")
"""A mention or address as chats write them."""

_FOREIGN = re.compile(
    r"\b(?:wie|was ist|wer|warum|welche[rs]?|wann|wieviel|combien|qui est|quel(?:le)?s?|pourquoi|quand|cu[aá]nto|qui[eé]n|qu[eé] es|cu[aá]l|"
    r"cu[aá]ndo|por qu[eé]|quanto|quem|qual|quale|perch[eé]|hoeveel|waarom|ile kosztuje|kto|сколько|кто|что|почему|когда)\b",
    re.IGNORECASE,
)
_ENGLISH = re.compile(
    r"\b(?:who|what|when|where|which|why|how|is|are|was|were|did|does|do|the|of|and|about|latest)\b", re.IGNORECASE
)


def unanswerable(text: str) -> Answer | None:
    """What is said to words that are no question for us: too long, in another language."""
    if len(text) > LONGEST:
        return Answer(f"That is long. Ask one thing in a sentence, up to {LONGEST} characters.")
    plain = _MARKED.sub(" ", text).strip(" \t.,!?:;)(")
    for pattern, said in _SOCIAL:
        if pattern.fullmatch(plain):
            return Answer(said)
    letters = [char for char in text if char.isalpha()]
    other = sum(not char.isascii() for char in letters)
    if (letters and other > 0.3 * len(letters)) or (_FOREIGN.search(text) and not _ENGLISH.search(text)):
        return Answer("I understand English only, so far. For example: What is the latest Claude Opus?")
    if not letters:
        return Answer(_REFUSED[Ask.NOTHING])
    return None


def answer(sources: Sources, asked: Question, measure: Measure) -> tuple[Answer, list[Passage]]:
    """The answer to a question, and the passages that were looked at, best first."""
    if asked.ask in _REFUSED:
        return Answer(_REFUSED[asked.ask]), []
    if asked.ask is Ask.SPIKE_IF:
        return whether(sources, asked, measure), []
    unknown = next((name for name in asked.names if not name.known), None)
    if unknown is not None:
        return alike_names(sources, asked, unknown) or nothing(asked), []
    if (back := which(sources, asked)) is not None:
        return back, []
    if (counted := tally(sources, asked)) is not None:
        return counted, []
    if asked.ask is Ask.COUNT:
        return curated(sources, asked) or nothing(asked), []
    passages, weights = look(sources, asked)
    found = WAYS[asked.ask](sources, asked, passages, weights)
    if not found.known and not found.asks:
        found = curated(sources, asked) or found
    return (found if found.known or found.asks else replace(found, text=found.text + nearest(sources, asked))), passages


def nearest(sources: Sources, asked: Question) -> str:
    """What is known of whom is meant, when not what was asked: topics of the facts in the store."""
    for name in asked.names:
        if name.id is not None:
            facts = about(sources.session, name.id, sources.until, TOPICS * 10)
            topics = list(
                dict.fromkeys(PREDICATES[fact.predicate].topic for fact in facts if fact.predicate in PREDICATES)
            )
            if topics:
                return f" Of {name.text} I know: {', '.join(topics[:TOPICS])}."
    return ""
