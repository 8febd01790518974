"""Writes what chat messages mean: `id`, `message`, `context` in; intent, names, period, predicate out."""

import json
from datetime import date
from pathlib import Path
from typing import TextIO

from sqlalchemy import Engine

from answers.understand.intent import CHANGING
from evaluation.json_lines import context_turns, read_json_lines
from handlers.ask import understand
from ingest.formats.files import FileError
from models.database import transaction


def evaluate_intents(engine: Engine, path: Path, today: date, out: TextIO) -> int:
    """Writes a JSON line for each message of a JSON Lines file; returns their number. Raises FileError.

    `period` is "none" or "FIRST/LAST" as ISO days; `acts` is true where the message wishes to change something.
    """
    number = 0
    with transaction(engine) as session:
        for place, row in read_json_lines(path):
            try:
                message, context = str(row["message"]), context_turns(row.get("context") or [])
            except (KeyError, TypeError, AttributeError) as error:
                raise FileError(f"{place}: not a message: it needs id and message, and may have context.") from error
            found = understand(session, message, today, context)
            result = {
                "id": row.get("id"),
                "intent": found.intent,
                "names": [name.text for name in found.names],
                "period": f"{found.period.first}/{found.period.last}" if found.period.bounded else "none",
                "predicate": found.predicate or None,
                "acts": found.intent in CHANGING,
            }
            out.write(json.dumps(result, ensure_ascii=False) + "\n")
            number += 1
    return number
