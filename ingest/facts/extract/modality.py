"""Whether a sentence states a fact, or only reports, discusses, plans, conditions or denies it.

One table of cues serves all predicates. A cue governs a fact if it stands in the fact's clause, before the last of its
names and numbers; attributions ("sources say") and conditions ("if") govern the whole sentence.
"""

import re

from ingest.facts.extract.mask import MaskedSentence
from ingest.facts.extract.statement import Statement

DENIED, CONDITIONAL, IN_TALKS, RUMOURED, PLANNED, REPORTED = (
    "denied",
    "conditional",
    "in talks",
    "rumoured",
    "planned",
    "reported",
)


def _cues(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


_NEGATED = _cues(
    r"(?<!that )(?<!which )(?<!who )\b(?:do|does|did|is|are|was|were|has|have|had|will|would|can|could|should)(?: not\b(?! (?:only|just|merely))|n['’]t\b)",
    r"\bnot (?:been|being|to|yet|worth|valued|in talks|planning|raising|acquir\w+|buying|substantiated)\b",
    r"\bnever (?!before\b)[a-z]+",
)
_REFUSED = _cues(
    r"\bden(?:y|ies|ied|ying)\b",
    r"\b(?:no plans?|no (?:immediate )?intention|no evidence|no longer|yet to|failed to|fails to|refus(?:es|ed|ing) to|declin(?:es|ed|ing) to"
    r"|reject(?:s|ed|ing)?|rul(?:es|ed|ing) out|cancel(?:s|led|ed|ling|ing)?|scrap(?:s|ped|ping)|call(?:s|ed) off|abandon(?:s|ed|ing)?|shelv(?:es|ed|ing)|postpon(?:es|ed|ing)|paus(?:es|ed|ing)|block(?:s|ed|ing)?|halt(?:s|ed|ing)?|unwind(?:s|ing)?"
    r"|back(?:s|ed) out of|walk(?:s|ed) away from|pull(?:s|ed) out of|moved away from|instead of|rather than|dismiss(?:es|ed) (?:reports?|rumou?rs?|claims?))\b",
)
_REFUSED_AFTER = _cues(
    r"^[^.;:]{0,40}\b(?:(?:fell|falls|fallen) (?:through|apart)|collaps(?:es|ed)|(?:was|were|is|been) (?:denied|cancell?ed|scrapped|called off"
    r"|rejected|abandoned|terminated)|(?:was|were|is|has|have|had) not\b|(?:was|is|has|have|had)n['’]t\b)"
)
_IF = _cues(r"\bif\b(?! only)", r"\bunless\b", r"\bwhether\b", r"\bassum(?:es|ed|ing)\b", r"^Had <")
_WOULD_SAID = re.compile(
    r"\b(?:said|says|announced|confirmed)(?: on [A-Z]\w+)?(?: that)? (?:it|they|he|she|<[opx]\d+>) would\b",
    re.IGNORECASE,
)
_COULD = _cues(
    r"\b(?:could|may(?! \d)|might|would|should|can potentially|potential(?:ly)?|possible|possibly|hypothetical\w*)\b"
)
_TALKS = _cues(
    r"\b(?:in|deal|early|advanced|late|preliminary|acquisition|merger|takeover|funding|fundraising|partnership|final) (?:stage )?(?:talks?|discussions?|negotiations?)\b",
    r"\btalk(?:s|ing)? (?:to|with|about|of|over)\b",
    r"\b(?:negotiat(?:es|ed|ing|ions?)|discuss(?:es|ed|ing|ions)|near(?:s|ing)|clos(?:e|ing in) (?:to|on)(?= (?:an? |the |its |another )*(?:[a-z]+ing\b|deal|round|agreement|purchase|funding|acqui)))\b",
)
_TALKS_AFTER = _cues(r"^[^.;:]{0,30}\b(?:in talks|talks|negotiations|being discussed|under discussion)\b")
_CONSIDERS = _cues(
    r"\b(?:consider(?:s|ed|ing)?|weigh(?:s|ed|ing)?|explor(?:es|ed|ing)|mull(?:s|ed|ing)?|ey(?:es|ed|eing)|contemplat(?:es|ed|ing)"
    r"|in the running|interested in|approached|court(?:s|ed|ing)|seek(?:s|ing)?|sought)\b"
)
_RUMOURED = _cues(
    r"\b(?:rumou?r(?:s|ed)?|speculat\w+|alleged(?:ly)?|leak(?:s|ed|ing)?|purported(?:ly)?|unconfirmed|unverified|hints? at|hinted|tipped to)\b"
)
_PLANNED = _cues(
    r"\b(?:will(?! be remembered)|won['’]t|shall|going to|about to|due to (?=[a-z]+\b(?<!the)(?<!its)(?<!an))|set to|slated to|poised to|scheduled to|ready to|preparing|prepar(?:es|ed) (?:to|for|an?|its)"
    r"|plan(?:s|ning|ned)?|propos(?:es|ed|ing)|aim(?:s|ed|ing)? (?:to|for|at)|hop(?:es|ed|ing) (?:to|for)|want(?:s|ed|ing)? to|look(?:s|ing) to|intend(?:s|ed|ing)?|expect(?:s|ed|ing|ation)?"
    r"|target(?:s|ed|ing)?|forecast(?:s|ed|ing)?|project(?:s|ed) (?:to|that|an?|<|capex|capital|revenue|sales)|anticipat(?:es|ed|ing)|upcoming|forthcoming|soon|gear(?:s|ing) up|on track|vow(?:s|ed)|pledg(?:es|ed)|goal of|ahead of (?:an? |its |the )?(?:planned )?(?:IPO|initial))\b",
    # A headline's future: "Ostro to buy Tarn".
    r"(?:^|[:;—–] |\bthat )(?:[A-Z][\w-]* |[a-z]+ ){0,4}(?:<[omxp]\d+>(?:'s)?(?:,? and |, | )?)+(?:reportedly |also |soon |now |still |\w+ is )?to (?:\w+ly )?(?!<|the\b|its\b|a\b|an\b)[a-z]+",
)
_REPORTEDLY = _cues(r"\breported(?:ly)?\b(?! (?:an?|its|<|that it|revenue|record|strong|quarterly|earnings|results))")
_REPORTED = _cues(
    r"\b(?:sources?|insiders?|people|person|persons|investors) (?:say|says|said|told|tell|familiar|close to|with knowledge|briefed)\b",
    r"^(?:Sources?|Report|Exclusive|Reports)\s?:",
    r"\breports? (?:say|says|said|claim|claims|claimed|suggest|suggests)\b|\bon (?:an? )?reports?\b|\baccording to (?:an? |the |some |multiple |one )?(?:\w+ )?(?:sources?|reports?|people|person|insiders?|media|<[ox]\d+>)\b",
    r"\b(?:is|are|was|were) (?:said|understood|believed|thought) to\b",
    r", <[ox]\d+> (?:reports|reported)\b|\b(?:per|citing) (?:an? |the )?(?:<[ox]\d+>|sources|reports?|people)\b",
)
_QUESTION = re.compile(
    r"(?:Did|Does|Do|Is|Are|Was|Were|Has|Have|Had|Will|Would|Can|Could|Should|May|Might)\b[^?]*\?", re.IGNORECASE
)
_BREAK = re.compile(
    r"; |: |[.!?] | [—–-] |,? but |,? while |, coinciding with |, alongside |,? although |,? though |,? after |,? despite |, because |, having |, as (?=<|it\b|the\b)"
    r"|,? and (?=<[omxp]\d+> [a-z]+)|, so |^(?:[A-Z][a-z]+ |[a-z]+ ){0,3}?(?:After|Following|Despite|While|Amid|Although|Though|Since|Before)\b[^,]*, ",
    re.IGNORECASE,
)
"""Where one clause ends and the next begins."""
_ASIDE = re.compile(r"\([^()]*\)|, (?:which|who|whose|where)\b[^,;]*(?:,|$)", re.IGNORECASE)
_APPOSED = frozenset(["role", "founded"])
"""Predicates stated by an apposition ("Ostro CEO Jane Roe", "Ostro founder Jane Roe"), which the verb of its clause says nothing about."""
_BACKED = re.compile(r"<[a-z]\d+>-(?:backed|funded)\b")
_OUTLIVE_REFUSAL = frozenset(
    ["legal_action", "departed", "layoffs", "deprecated", "suspended", "regulation", "reorganised"]
)
"""Predicates of an act that a refusal leaves standing: a suit that a judge rejects was filed."""
_REACH = 90
"""Characters over which a negation reaches."""


def modality(masked: MaskedSentence, statement: Statement) -> str | None:
    """How a sentence holds a statement: "" as a fact, a status such as "planned", or None where it only asks for it."""
    text = masked.text
    starts = {item.start: place for place, item in zip(masked.places, masked.items, strict=True)}
    backing = statement.predicate == "investor" and _BACKED.match(text, starts.get(statement.subject.start, 0))
    if statement.predicate in _APPOSED or backing:
        return ""
    anchors = [statement.at] if statement.at >= 0 else [statement.object.start] if statement.object else []
    placed = [starts[at] for at in (*anchors, statement.subject.start) if at in starts]
    end = max(placed) if placed else len(text)
    begin = max((match.end() for match in _BREAK.finditer(text, 0, end) if match.end() <= end), default=0)
    clause = _ASIDE.sub(" ", text[begin:end])
    behind = text[end:]
    if _QUESTION.match(text):
        return None
    near = clause[-_REACH:]
    if _NEGATED.search(near):
        return DENIED
    if statement.predicate not in _OUTLIVE_REFUSAL and (_REFUSED.search(near) or _REFUSED_AFTER.search(behind)):
        return DENIED
    if _IF.search(text, 0, end):
        return CONDITIONAL
    # The adverb belongs to its clause, or to what it follows directly ("$2B, reportedly").
    reported = any(
        cue is not None for cue in (_REPORTED.search(text), _REPORTEDLY.search(clause), _REPORTEDLY.search(behind[:40]))
    )
    if _TALKS.search(clause) or _TALKS_AFTER.search(behind):
        return IN_TALKS
    if _RUMOURED.search(clause):
        return RUMOURED
    if _WOULD_SAID.search(clause):
        return PLANNED
    if _COULD.search(clause):
        return RUMOURED if reported else CONDITIONAL
    if _CONSIDERS.search(clause):
        return RUMOURED if reported else IN_TALKS
    if _PLANNED.search(clause):
        return PLANNED
    if text.endswith("?") and begin == 0 and not re.match(r"(?:How|Why|Who|What|When|Where|Which)\b", text):
        return RUMOURED
    return REPORTED if reported else ""
