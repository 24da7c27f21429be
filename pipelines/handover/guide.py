"""What a coach reads in her workbook: what this is, what the words mean, what to do."""

from __future__ import annotations

from importlib.resources import files

TASKS_INTRO = (
    "Dit zijn voorstellen. U beslist samen met de bewoner. Begin bij stap 1 van een keten. "
    "Vul daarna Reactie in, en bij een weigering ook Reden."
)
CHAINS_INTRO = (
    "Elke regel is één keten, van links naar rechts. "
    "Groen: uw huishoudens. Grijs: die van een ander."
)
REASONS_INTRO = (
    "Per voorstel: alle regels (ja, of vraag de coach) en alle voorkeuren met hun punten en bron."
)


def _guide() -> tuple[tuple[str, str], ...]:
    text = files("pipelines.handover").joinpath("templates/uitleg.md").read_text("utf-8")
    parts = (part.strip().split("\n", 1) for part in text.split("## ")[1:])
    return tuple((head, " ".join(body.split())) for head, body in parts)


TEXT = _guide()
"""Headings and paragraphs of the sheet 'Uitleg', from `templates/uitleg.md`."""

FIRST_CODE_ROW = len(TEXT) + 5
"""The row of Excel (from 1) where the list of reasons to decline begins."""
