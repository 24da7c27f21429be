"""All that a what-if rests on: each assumption, its value, its source, and who chose it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from data_contracts.phrases import KINDS, decimal, plural
from data_contracts.scenario import NOTHING, scenario_from
from data_contracts.words import DwellingKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from data_contracts.scenario import Scenario

OURS, CHANGED = "standaard", "aangepast"
NO_SOURCE = "eigen keuze, zonder bron"
OUR_CHOICE = "onze keuze; er is geen landelijk cijfer"
NOT_ASSUMED = ("name", "title", "question", "sources", "changes")
LABELS = {
    "years": "Zo ver kijken wij vooruit",
    "step_months": "Grootte van een stap",
    "replications": "Herhalingen per scenario",
    "seed": "Beginpunt van het toeval",
    "options_per_household": "Mogelijkheden per huishouden die wij nagaan",
    "acceptance.percent": "Kans dat een voorstel doorgaat",
    "acceptance.band": "Ook gerekend met deze kansen",
    "acceptance.offers_a_month": "Aanbiedingen van een woning in een maand",
    "demography.leave": "Kans per jaar op vertrek uit onze woningen",
    "demography.death": "Kans per jaar dat de laatste bewoner overlijdt",
    "demography.care_share_of_70plus": "Deel van verhuizende 70-plussers dat naar zorg gaat",
    "demography.stays_share_of_70plus": "Van de anderen: deel dat een corporatiewoning kiest",
    "demography.limitation": "Kans per jaar op een blijvende beperking bij het lopen",
    "demography.limited_seeks": "Deel van wie daardoor ongeschikt woont, dat gaat zoeken",
    "demography.arrivals.starters_a_year": "Nieuwe starters per jaar",
    "demography.arrivals.tenants_a_year": "Huurders die gaan zoeken, per jaar",
    "demography.arrivals.leave_list_a_year": "Kans per jaar om van de lijst te gaan",
    "demography.portal.after_months": "Daarna gaat een vrije woning naar wie van het portaal komt",
    "demography.portal.starters": "Deel starters van wie van het portaal komt",
    "demography.portal.outside": "Deel dat van buiten onze woningen komt",
    "demography.portal.leaves": "Welke woning zo'n huurder achterlaat",
    "demography.vacancy_months": "Leegstand voor een nieuwe verhuring",
}
MONTHS = ("step_months", "vacancy_months", "after_months")
EVERYBODY = "de lijst blijft even lang"


@dataclass(frozen=True, slots=True)
class Assumption:
    """One assumption as a planner reads it; `usual` is our value where the planner changed it."""

    path: str
    label: str
    value: str
    source: str
    whose: str
    usual: str = ""


def assumptions(scenarios: Sequence[Scenario]) -> tuple[Assumption, ...]:
    """List all assumptions of these scenarios; where they differ, each one's own value."""
    usual = scenario_from(NOTHING)
    ours = dict(_flat(usual))
    each = [(scenario, dict(_flat(scenario))) for scenario in scenarios]
    paths = list(dict.fromkeys(path for _, values in each for path in values))
    return tuple(
        _assumption(path, [(one, values[path]) for one, values in each], ours.get(path), usual)
        for path in paths
    )


def _assumption(
    path: str, values: Sequence[tuple[Scenario, Any]], ours: object, usual: Scenario
) -> Assumption:
    same = all(value == values[0][1] for _, value in values)
    if same:
        told = in_words(path, values[0][1])
    else:
        told = "; ".join(f"{one.title}: {in_words(path, value)}" for one, value in values)
    changed = any(value != ours for _, value in values)
    return Assumption(
        path=path,
        label=LABELS.get(path, path.replace("_", " ")),
        value=told,
        source=_source(path, [one for one, value in values if value != ours], usual),
        whose=CHANGED if changed else OURS,
        usual=in_words(path, ours) if changed else "",
    )


def _source(path: str, changed: Sequence[Scenario], usual: Scenario) -> str:
    """Give our source; of what the planner changed only hers: ours says nothing of her figure."""
    ours = sourced(path, usual.sources)
    if not changed:
        return ours or OUR_CHOICE
    hers = [source for one in changed if (source := sourced(path, one.sources)) != ours]
    return "; ".join(dict.fromkeys(source for source in hers if source)) or NO_SOURCE


def sourced(path: str, sources: Mapping[str, str]) -> str:
    """Find the source of an assumption: its own, or that of what it is a part of."""
    parts = path.split(".")
    names = [".".join(parts[:length]) for length in range(len(parts), 0, -1)]
    return next((sources[name] for name in names if name in sources), "")


def _flat(scenario: Scenario) -> Iterator[tuple[str, Any]]:
    said = scenario.model_dump()
    yield from _leaves("", {name: said[name] for name in said if name not in NOT_ASSUMED})


def _leaves(under: str, values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        path = f"{under}{name}"
        if isinstance(value, dict) and name != "leaves":
            yield from _leaves(f"{path}.", value)
        else:
            yield path, value


def in_words(path: str, value: Any) -> str:  # noqa: ANN401 - any value of a scenario
    """Write the value of an assumption."""
    name = path.rpartition(".")[2]
    if name == "leaves":
        return _leaving(value) or "alle soorten even vaak"
    if isinstance(value, (list, tuple)):
        return _many(value) or "geen"
    return EVERYBODY if value is None else _one(name, value)


def _one(name: str, value: float) -> str:
    if isinstance(value, float):
        return percent(value)
    if name in MONTHS:
        return plural(value, "maand", "maanden")
    return f"{value}{ {'percent': ' %', 'years': ' jaar'}.get(name, '') }"


def percent(share: float) -> str:
    """Write a share of 1 as a percentage: 0.035 is `3,5 %`."""
    return f"{decimal(100 * share, digits=1).removesuffix(',0')} %"


def _many(value: Sequence[Any]) -> str:
    rows = [one for one in value if isinstance(one, dict)]
    if rows:
        return ", ".join(
            f"{percent(row['chance'])} vanaf {row['age']}" if row["age"] else percent(row["chance"])
            for row in rows
        )
    return ", ".join(f"{one} %" for one in value)


def _leaving(leaves: Mapping[Any, Mapping[Any, float]]) -> str:
    return "; ".join(
        f"naar {KINDS[DwellingKind(to)]}: "
        + ", ".join(f"{percent(share)} uit {KINDS[DwellingKind(of)]}" for of, share in of.items())
        for to, of in leaves.items()
    )
