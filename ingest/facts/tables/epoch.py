"""Epoch AI's table of notable models (CSV): releases, makers, parameters, training data, openness.

https://epoch.ai/data/ai-models, CC BY 4.0: "Epoch AI, 'Data on AI Models'. Published online at epoch.ai". Epoch's own
estimates are marked "~" and stored as reported, not announced.
"""

import csv
import io
import re
from collections.abc import Iterator

from gazetteer.spelling import well_formed
from ingest.facts.tables.statement import RowError, TableStatement, cell_address, cell_date, cell_number, exact_date
from ingest.formats.files import Reject

URL = "https://epoch.ai/data/notable_ai_models.csv"
PAGE = "https://epoch.ai/data/ai-models"
NEEDED_COLUMNS = ("Model", "Organization", "Publication date")

_OPEN = {
    "Open weights (unrestricted)": ("open weights", ""),
    "Open weights (restricted use)": ("open weights", "restricted use"),
    "Open weights (non-commercial)": ("open weights", "non-commercial use"),
    "API access": ("closed", "by API"),
    "Hosted access (no API)": ("closed", "hosted, without an API"),
    "Unreleased": ("not released", ""),
}
"""Epoch's terms: the openness, and the conditions of use."""

_LICENCE = re.compile(
    r"\s*(?P<name>(?:modified )?(?:Apache|MIT|BSD|CC[- ]BY)[\w.\- ]*?|llama [\d.]+ community)"
    r"(?:[ -]?licen[cs]ed?\b[\w ]*)?(?=$|\s*(?:\(|\n|https?:|\.\s|on http))",
    re.IGNORECASE,
)
"""A note that begins with the licence's name and says nothing else about it: others treat code and weights apart."""

_LICENCES = (
    (re.compile(r"(modified )?apache[- ]?(?:v?2(?:\.0)?)", re.IGNORECASE), "Apache-2.0"),
    (re.compile(r"(modified )?mit", re.IGNORECASE), "MIT"),
    (re.compile(r"()llama ([\d.]+) community", re.IGNORECASE), "Llama {} Community License"),
    (re.compile(r"()cc[- ]by((?:[- ](?:nc|sa|nd))*)(?:[- ]4\.0)", re.IGNORECASE), "CC-BY{}-4.0"),
)

_ACTIVE = re.compile(r"(\d+(?:\.\d+)?)\s*([BT])\s+(?:parameters\s+)?activ(?:e|ated)", re.IGNORECASE)
_MULTIPLIER = {"b": 1e9, "t": 1e12}


def read(data: bytes, name: str) -> Iterator[TableStatement | Reject]:
    """The statements of the table, and a Reject for each row or cell that can't be used.

    Raises RowError when this is not Epoch's table at all.
    """
    try:
        rows = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        missing = [column for column in NEEDED_COLUMNS if column not in (rows.fieldnames or [])]
        if missing:
            raise RowError(f"has no column “{missing[0]}”, so it is not Epoch's table of models")
        while True:
            line = rows.line_num + 1
            row = next(rows, None)
            if row is None:
                return
            cells = {key: well_formed(value).strip() for key, value in row.items() if isinstance(value, str)}
            yield from _row(cells, name, line)
    except UnicodeDecodeError as error:
        raise RowError(f"is not UTF-8 (byte {error.start + 1})") from error
    except csv.Error as error:
        raise RowError(f"is not valid CSV near line {rows.line_num + 1} ({error})") from error


def _row(row: dict[str, str], name: str, line: int) -> Iterator[TableStatement | Reject]:
    model = row.get("Model", "")
    if not model:
        yield Reject(name, line, "has no model", "")
        return
    try:
        published = cell_date(row.get("Publication date"), "Publication date")
    except RowError as error:
        yield Reject(name, line, str(error), model)
        return
    estimate = row.get("Confidence") in ("Likely", "Speculative")
    measured = {"status": "reported" if estimate else "announced", "op": "~" if estimate else ""}

    def make(predicate: str, **more: object) -> TableStatement:
        subject = more.pop("subject", model)
        return TableStatement(
            f"{model}|{published}", str(subject), predicate,
            said_on=exact_date(published), url=cell_address(row.get("Link")) or PAGE, line=line, **more,  # type: ignore[arg-type]
        )  # fmt: skip

    # One cell holds all makers of a model, separated by commas.
    for maker in [part.strip() for part in row.get("Organization", "").split(",") if part.strip()]:
        yield make("released", subject=maker, object=model, valid_from=published, kind="company", object_kind="model")
    try:
        parameters = cell_number(row.get("Parameters"), "Parameters")
        if parameters:
            yield make("parameters", value=parameters, unit="parameters", **measured)
        tokens = cell_number(row.get("Training dataset size (total)"), "Training dataset size")
        # The column counts tokens for language models, and images, hours or games for others.
        if tokens and "Language" in row.get("Domain", ""):
            yield make("training_tokens", value=tokens, unit="tokens", **measured)
    except RowError as error:
        yield Reject(name, line, str(error), model)
    if active := _ACTIVE.search(row.get("Parameters notes", "")):
        value = float(active[1]) * _MULTIPLIER[active[2].lower()]
        yield make("active_parameters", value=value, unit="parameters", **measured)
    text, terms = _OPEN.get(row.get("Model accessibility", ""), ("", ""))
    if text:
        yield make("openness", text=text, qualifiers={"terms": terms} if terms else {})
    if text == "open weights" and (licence := _licence(row.get("Accessibility notes", ""))):
        yield make("licence", text=licence, qualifiers={"applies_to": "weights"})
    if (base := row.get("Base model", "")) and "," not in base:
        yield make("based_on", object=base, object_kind="model")


def _licence(note: str) -> str:
    """The licence that a note on access names; "" where it is not certain, or differs between code and weights."""
    named = _LICENCE.match(note)
    if named is None:
        return ""
    for pattern, licence in _LICENCES:
        if found := pattern.fullmatch(named["name"].strip()):
            more = (found[2] or "").replace(" ", "-").upper() if found.re.groups > 1 else ""
            return ("modified " if found[1] else "") + licence.format(more)
    return ""
