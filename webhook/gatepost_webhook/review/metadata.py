"""What Datasette says about the copy: titles, meanings, units, questions, and that only its owner may look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatepost_webhook.leads.times import local_time, zone_name
from gatepost_webhook.review.guard import OWNER
from gatepost_webhook.review.queries import load_questions
from gatepost_webhook.review.tables import TABLES

if TYPE_CHECKING:
    from gatepost_webhook.review.safe_copy import Copied
    from gatepost_webhook.review.tables import Table

#: Name of the copy in Datasette's addresses.
DATABASE = "gatepost"


def review_metadata(copied: Copied, *, taken_at: int) -> dict[str, Any]:
    """Return Datasette's metadata for a copy that was taken at an epoch second."""
    taken = f"{local_time(taken_at)} {zone_name()}"
    return {
        "title": "Leads",
        "description": f"A copy, as of {taken}. Times are in that time zone.",
        # Anonymous visitors see nothing at all, even if the guard were not there.
        "allow": dict(OWNER),
        "extra_css_urls": ["/-/gatepost/review.css"],
        # Read by the start page.
        "gatepost": {
            "taken": taken,
            "rows": copied.rows,
            "questions": [{"name": q.name, "title": q.title, "description": q.description} for q in load_questions()],
            "tables": [{"name": t.name, "title": t.title, "description": t.description} for t in TABLES],
        },
        "databases": {
            DATABASE: {
                "title": "All tables and questions",
                "queries": {
                    question.name: {
                        "title": question.title,
                        "description": question.description,
                        "sql": question.sql,
                        "hide_sql": True,
                    }
                    for question in load_questions()
                },
                "tables": {table.name: _table(table, copied) for table in TABLES},
            }
        },
    }


def _table(table: Table, copied: Copied) -> dict[str, Any]:
    return {
        "title": table.title,
        "description": table.description,
        "columns": copied.columns[table.name],
        "units": table.units,
        "facets": list(table.facets),
        **({"label_column": table.label} if table.label else {}),
        **({"sort_desc": "id"} if "id" in table.key else {}),
    }
