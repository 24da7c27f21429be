"""The report as one page: for a screen without any network, and the same for the press."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from desk.figures import day
from desk.paper.pdf import written
from desk.paper.whatif import cells, charts, sections
from desk.paper.whatif.answers import answers
from desk.paper.whatif.assumptions import CHANGED, assumptions
from desk.paper.whatif.figured import FEW_NOTE
from desk.paper.whatif.plain_svg import inline
from desk.paper.whatif.said import years

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from data_contracts.scenario import Scenario
    from desk.paper.whatif.shapes import Chart
    from matching.simulate.comparison import Comparison

DEFAULT_TITLE = "Wat als"


@dataclass(frozen=True, slots=True)
class Told:
    """What a report is made of. `on` is the day on which the simulation begins, where known."""

    comparison: Comparison
    scenarios: Sequence[Scenario]
    receipt: Mapping[str, object] = field(default_factory=dict)
    made_for: str = ""
    on: date | None = None

    def __post_init__(self) -> None:
        """Put the scenarios in the order in which they were asked for, and say what was run."""
        asked = [one.name for one in self.scenarios]
        known = {name: number for number, name in enumerate(asked)}
        names = sorted(
            self.comparison.scenarios,
            key=lambda name: (name != self.comparison.baseline, known.get(name, len(asked))),
        )
        told = {
            "comparison": replace(self.comparison, scenarios=tuple(names)),
            "scenarios": tuple(as_run(one, self.comparison) for one in self.scenarios),
        }
        for name, value in told.items():
            object.__setattr__(self, name, value)  # frozen, but not yet given to anybody

    @property
    def titles(self) -> dict[str, str]:
        """What each scenario is called."""
        known = {one.name: one.title for one in self.scenarios}
        names = self.comparison.scenarios
        return {name: known.get(name, name.replace("-", " ").capitalize()) for name in names}

    @property
    def title(self) -> str:
        """What the report is called: after its scenarios."""
        names = [self.titles[name] for name in cells.others(self.comparison)]
        return f"{DEFAULT_TITLE}: {' · '.join(names)}" if names else f"{DEFAULT_TITLE}: niets doen"


def as_run(scenario: Scenario, comparison: Comparison) -> Scenario:
    """Give a scenario with what was really run: a command may ask other levels, years or times."""
    runs, level = comparison.runs, comparison.acceptance
    band = tuple(sorted({int(one) for one in runs["acceptance"]} - {level}))
    ran: dict[str, object] = {
        "years": comparison.years,
        "replications": int(runs.loc[runs["acceptance"] == level, "replications"].max()),
        "acceptance": scenario.acceptance.model_copy(update={"percent": level, "band": band}),
    }
    return scenario.model_copy(update=ran)


def page(told: Told, *, printed: bool = False, drawn: Mapping[str, bytes] | None = None) -> str:
    """Write the page; equal figures give equal text. `printed`: for the press, with all opened.

    `drawn` are charts that were drawn already, by name.
    """
    css = written("whatif.css")
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    return written(
        "whatif.html",
        printed=printed,
        css=Markup(css),  # noqa: S704 - our own drawing - our own style sheet, nothing of anybody's in it
        css_hash=f"sha256-{digest}",
        **_content(told, drawn or drawings(told)),
    )


def drawings(told: Told) -> dict[str, bytes]:
    """Draw every chart of the report, by name."""
    found = charts.of_comparison(told.comparison, told.titles)
    return {name: charts.svg(chart) for name, chart in found.items()}


def _content(told: Told, drawn: Mapping[str, bytes]) -> dict[str, Any]:
    """Gather everything that the page says."""
    comparison, titles = told.comparison, told.titles
    found = charts.of_comparison(comparison, titles)
    assumed = assumptions(told.scenarios)
    used = [part for part in sections.PARTS if part.measures or set(part.charts) & set(found)]
    return {
        "title": told.title,
        "made_for": told.made_for,
        "on": day(told.on) if told.on else "",
        "isoday": told.on.isoformat() if told.on else "",
        "years": years(comparison.years),
        "answers": answers(comparison, told.scenarios),
        "assumptions": assumed,
        "changed": sum(one.whose == CHANGED for one in assumed),
        "few": FEW_NOTE,
        "baseline": titles[comparison.baseline],
        "names": [titles[name] for name in cells.others(comparison)],
        "parts": [
            {
                "title": part.title,
                "told": part.told,
                "lines": sections.measured(comparison, part),
                "norms": sections.norms(comparison) if part.ratios else (),
                "figures": [_figure(found[n], drawn[n]) for n in part.charts if n in found],
            }
            for part in used
        ],
        "places": sections.by_neighbourhood(comparison),
        "distances": sections.distances(comparison, titles),
        "explained": sections.explained(used),
        "receipt": [(str(label), str(value)) for label, value in told.receipt.items()],
    }


def _figure(chart: Chart, drawn: bytes) -> dict[str, Any]:
    # Drawn by us; what anybody typed went in as text and came out escaped (plain_svg).
    return charts.as_told(chart) | {"svg": Markup(inline(drawn))}  # noqa: S704 - our own drawing
