"""Chooses the strategy for a question, and replies to what is no question: greetings, advice, other languages."""

import re
from dataclasses import replace

from answers.answer import Answer
from answers.language.cues import AnswerType
from answers.retrieve.search import Passage
from answers.strategies.compare import answer_comparison, answer_order, answer_ratio, answer_sum
from answers.strategies.count import answer_count
from answers.strategies.disambiguation import ask_which_name, ask_which_version
from answers.strategies.from_facts import answer_from_facts
from answers.strategies.listing import answer_definition, answer_list, answer_newest
from answers.strategies.single_fact import AnswerContext, answer_fact, find_passages, unknown_answer
from answers.strategies.spike import Measure, answer_whether_spiked, answer_who_spiked, answer_why
from answers.strategies.yes_no import answer_yes_no
from answers.understand.question import Question, QuestionType
from models.fact import facts_about
from models.predicate import PREDICATES

TOPICS = 5
"""Topics suggested when what was asked is not known."""

LONGEST = 500
"""Characters of a question; a longer text was pasted."""

STRATEGIES = {
    QuestionType.FACT: answer_fact,
    QuestionType.LIST: answer_list,
    QuestionType.YES_NO: answer_yes_no,
    QuestionType.COMPARE: answer_comparison,
    QuestionType.ORDER: answer_order,
    QuestionType.NEWEST: answer_newest,
    QuestionType.SUM: answer_sum,
    QuestionType.RATIO: answer_ratio,
    QuestionType.DEFINE: answer_definition,
    QuestionType.WHY: answer_fact,
    QuestionType.SPIKE_WHY: answer_why,
    QuestionType.SPIKE_WHO: answer_who_spiked,
}

FACTS_FIRST = frozenset(
    (
        "price",
        "context_window",
        "parameters",
        "active_parameters",
        "licence",
        "role",
        "headquarters",
        "released",
        "founded",
    )
)
"""What people look up: curated facts and tables state it for exactly this name, sentences often for another one."""

_REFUSALS = {
    QuestionType.INSTRUCTIONS: "I only answer questions about the AI industry, from news I have read. For example: How much did Anthropic raise?",
    QuestionType.ADVICE: "I don't give investment advice. I can tell you what was reported: ask about a valuation, revenue or a funding round.",
    QuestionType.PRIVATE: "I don't answer questions about private lives. I can tell you someone's role, or when they joined or left.",
    QuestionType.NOTHING: "What would you like to know? For example: What is the latest Claude Opus? How much did xAI raise?",
}
_SMALL_TALK = (
    (
        re.compile(
            r"(?:ok(?:ay)?|great|nice|cool|perfect|awesome)?[\s,!.]*(?:many )?(?:thanks|thank you|thx|ty|cheers)\b(?: (?:so|very|a|lot|lots|much|bot|all|you|again|for|that|this|the|help|answer))*",
            re.IGNORECASE,
        ),
        "You're welcome. Ask me anything else about the AI industry.",
    ),
    (
        re.compile(
            r"(?:hi|hello|hey|hallo|yo|good (?:morning|afternoon|evening|day|night)|bye|goodbye|see you|ok(?:ay)?|great|nice|cool|yes|no)\b(?: (?:there|bot|all|everyone|everybody|again|you))*",
            re.IGNORECASE,
        ),
        "Hello! Ask me about companies, models, people, deals or prices. For example: What is the latest Claude Opus?",
    ),
    (
        re.compile(r"(?:help|help me|what can (?:i|you) (?:ask|do)(?: you)?|how does this work)", re.IGNORECASE),
        "Ask about companies, models, people, deals or prices. For example: How much did xAI raise? See /help for all commands.",
    ),
    (
        re.compile(
            r"(?:so |and )?(?:what(?:['’]s| is| are)? (?:the )?(?:new|news|up|latest news|going on|happening)|any news)(?: (?:today|now|this week|here))?",
            re.IGNORECASE,
        ),
        "See /spikes for what is in the news more than usual. Or ask about one name: What is the latest Claude Opus?",
    ),
)
"""Small talk and the replies to it."""

_MARKED = re.compile(r"<[^<>]*>")
"""A mention or link as chats write them."""

_FOREIGN = re.compile(
    r"\b(?:wie|was ist|wer|warum|welche[rs]?|wann|wieviel|combien|qui est|quel(?:le)?s?|pourquoi|quand|cu[aá]nto|qui[eé]n|qu[eé] es|cu[aá]l|"
    r"cu[aá]ndo|por qu[eé]|quanto|quem|qual|quale|perch[eé]|hoeveel|waarom|ile kosztuje|kto|сколько|кто|что|почему|когда)\b",
    re.IGNORECASE,
)
_ENGLISH = re.compile(
    r"\b(?:who|what|when|where|which|why|how|is|are|was|were|did|does|do|the|of|and|about|latest)\b", re.IGNORECASE
)


def refusal_text(text: str) -> Answer | None:
    """The reply to a text that is no question for the bot: too long, small talk, another language; None for a question."""
    if len(text) > LONGEST:
        return Answer(f"That question is too long. Ask one thing, in up to {LONGEST} characters.")
    plain = _MARKED.sub(" ", text).strip(" \t.,!?:;)(")
    for pattern, reply in _SMALL_TALK:
        if pattern.fullmatch(plain):
            return Answer(reply)
    letters = [char for char in text if char.isalpha()]
    other = sum(not char.isascii() for char in letters)
    if (letters and other > 0.3 * len(letters)) or (_FOREIGN.search(text) and not _ENGLISH.search(text)):
        return Answer("I only understand English so far. For example: What is the latest Claude Opus?")
    if not letters:
        return Answer(_REFUSALS[QuestionType.NOTHING])
    return None


def answer_question(context: AnswerContext, question: Question, measure: Measure) -> tuple[Answer, list[Passage]]:
    """The answer to a question, and the retrieved passages, best first.

    `measure` measures trends (see strategies.spike).
    """
    if question.type in _REFUSALS:
        return Answer(_REFUSALS[question.type]), []
    if question.type is QuestionType.SPIKE_IF:
        return answer_whether_spiked(context, question, measure), []
    unknown = next((name for name in question.names if not name.known), None)
    if unknown is not None:
        return ask_which_name(context, question, unknown) or unknown_answer(question), []
    if (clarification := ask_which_version(context, question)) is not None:
        return clarification, []
    if (counted := answer_count(context, question)) is not None:
        return counted, []
    if question.type is QuestionType.COUNT:
        return answer_from_facts(context, question) or unknown_answer(question), []
    passages, weights = find_passages(context, question)
    found = answer_from_facts(context, question, exactly=True) if _is_lookup(question) else None
    found = found or STRATEGIES[question.type](context, question, passages, weights)
    if not found.known and not found.asks:
        found = answer_from_facts(context, question) or found
    return (
        found if found.known or found.asks else replace(found, text=found.text + known_topics(context, question))
    ), passages


def _is_lookup(question: Question) -> bool:
    """Whether a question asks for one property of one name as it stands, or for the day of a release."""
    cue = question.cue
    if question.type is not QuestionType.FACT or cue is None or question.times.period.bounded:
        return False
    return cue.name in FACTS_FIRST and (
        cue.name not in ("released", "founded") or question.answer_type is AnswerType.DATE
    )


def known_topics(context: AnswerContext, question: Question) -> str:
    """What is known about the subject when the answer is not: the topics of its facts."""
    for name in question.names:
        if name.id is not None:
            facts = facts_about(context.session, name.id, context.until, TOPICS * 10)
            topics = list(
                dict.fromkeys(PREDICATES[fact.predicate].topic for fact in facts if fact.predicate in PREDICATES)
            )
            if topics:
                return f" What I do know about {name.text}: {', '.join(topics[:TOPICS])}."
    return ""
