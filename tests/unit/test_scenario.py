"""A scenario is read strictly, stands on another, and says in Dutch what is wrong with it."""

from __future__ import annotations

from datetime import date

import pytest

from data_contracts.scenario import (
    NOTHING,
    BadScenario,
    Letting,
    scenario_from,
    scenario_of,
    scenarios_from,
)
from data_contracts.scenario_text import LONGEST

ON = date(2026, 11, 22)
FORTY = "{change: new_build, month: 2028-03, number: 40, home: {rent: 60000}}"
SALE = "{change: sale, month: 2028-03}"


def sentences(text, **given):
    with pytest.raises(BadScenario) as told:
        scenario_of(text, called="proef.yaml", **given)
    assert str(told.value) == "\n".join(told.value.sentences)
    return list(told.value.sentences)


def with_changes(*changes):
    lines = "".join(f"\n  - {change}" for change in changes)
    return f"name: proef\nchanges:{lines}\n"


# --- the three that must be shown ---------------------------------------------------------------


def test_a_typing_error_is_answered_by_the_name_that_was_meant():
    assert sentences("name: proef\nacceptence:\n  percent: 30\n") == [
        "proef.yaml, regel 2: Het onderdeel 'acceptence' kennen wij niet. Bedoelt u 'acceptance'?"
    ]


def test_an_impossible_month_is_answered_by_how_to_write_one():
    assert sentences(with_changes("{change: sale, month: 2028-13}")) == [
        (
            "proef.yaml, regel 3: Bij changes[0].month staat '2028-13'; dat is geen maand."
            " Schrijf jaar en maand, zoals 2028-03."
        )
    ]


def test_a_missing_base_is_answered_by_the_name_that_was_meant():
    assert sentences("name: proef\nbase: nieuwbouw-nultredn\n") == [
        (
            "proef.yaml, regel 2: De basis 'nieuwbouw-nultredn' kennen wij niet."
            " Bedoelt u 'nieuwbouw-nultreden'?"
        )
    ]


# --- what is wrong ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            "{change: new_buidl, month: 2028-03}",
            "Bij changes[0].change staat 'new_buidl'; dat kennen wij niet. Bedoelt u 'new_build'?",
        ),
        (
            "{change: new_build, month: 2028-03, number: 4, home: {rent: 61000, access: NUB}}",
            "Bij changes[0].home.access staat 'NUB'; dat kennen wij niet. Bedoelt u 'NUL'?",
        ),
        (
            "{change: new_build, month: 2028-03, number: 4, home: {rent: 61000, rooms_: 3}}",
            "Bij changes[0].home: het onderdeel 'rooms_' kennen wij niet. Bedoelt u 'rooms'?",
        ),
        (
            "{change: new_build, month: 2028-03, number: 4, home: {rooms: 3}}",
            (
                "Het onderdeel 'rent' ontbreekt bij changes[0].home. Vul het in;"
                " zie docs/guides/wat-als.md."
            ),
        ),
        (
            "{change: new_build, month: 2028-03, number: 4.5, home: {rent: 61000}}",
            "Bij changes[0].number hoort een geheel getal te staan.",
        ),
        (
            "{change: new_build, month: 2028-03, number: 9000, home: {rent: 61000}}",
            "Bij changes[0].number staat '9000'; het mag hoogstens 5000 zijn.",
        ),
        (
            "{change: new_build, month: 2028-03, number: 4, home: {rent: 680}}",
            "Bij changes[0].home.rent: '680' is te weinig: schrijf 68000 voor € 680.",
        ),
        (
            "{change: sale, month: 2030-01, until: 2029-01}",
            (
                "Bij changes[0].until: '2029-01' ligt vóór de begin-maand '2030-01':"
                " kies een latere maand."
            ),
        ),
        (
            "{change: sale, month: 2030-01-01}",
            (
                "Bij changes[0].month staat '2030-01-01'; dat is geen maand."
                " Schrijf jaar en maand, zoals 2028-03."
            ),
        ),
        (
            "{change: demolition, complex: 123, month: 2028-03}",
            "Bij changes[0].complex hoort tekst te staan: zet er aanhalingstekens omheen.",
        ),
        (
            "{change: facility_closes, month: 2028-03}",
            "Bij changes[0].facility: noem welke voorziening sluit, of welke soort.",
        ),
        (
            "{change: allocation, weights: {tie_minuut: 3}}",
            (
                "Bij changes[0].weights: het gewicht 'tie_minuut' kennen wij niet."
                " Bedoelt u 'tie_minute'?"
            ),
        ),
        (
            "{change: facility_opens, month: 2028-03, kind: HALTE, place: {x: 5}}",
            "Bij changes[0].place.y: geef x en y samen, of geen van beide.",
        ),
        (
            "{change: sale, month: yes}",
            (
                "Bij changes[0].month hoort geen ja of nee (true of false, of een los woord als"
                " yes, no, on, off). Zet aanhalingstekens om een woord."
            ),
        ),
        (
            "{month: 2028-03}",
            (
                "Bij changes[0] ontbreekt 'change': wat verandert er? Kies uit: new_build,"
                " demolition, renovation, sale, facility_opens, facility_closes, allocation,"
                " scheme, coach_hours."
            ),
        ),
    ],
)
def test_a_mistake_in_a_change_is_one_sentence(change, sentence):
    assert sentences(with_changes(change)) == [f"proef.yaml, regel 3: {sentence}"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("name: A B\n", (", regel 1: Bij name staat 'A B'; gebruik alleen kleine letters, cijfers"
         " en streepjes, hoogstens 63 tekens.")),
        ("years: 3\n", ": Het onderdeel 'name' ontbreekt. Vul het in; zie docs/guides/wat-als.md."),
        ("name: proef\nacceptance: 40\n", (", regel 2: Bij acceptance hoort een groep te staan:"
         " onderdelen met elk een naam, verder ingesprongen.")),
        ("name: proef\nsources: {demography.leeve: CBS}\n", (", regel 2: Bij sources: het onderdeel"
         " 'demography.leeve' kennen wij niet. Bedoelt u 'demography.leave'?")),
        ("name: proef\ndemography:\n  leave: [{age: 0, chanse: 0.1}]\n", (", regel 3: Bij"
         " demography.leave[0]: het onderdeel 'chanse' kennen wij niet. Bedoelt u 'chance'?")),
        ("name: proef\nyears: 0\n", ", regel 2: Bij years staat '0'; het moet minstens 1 zijn."),
        ("name: proef\nyears: 5\nyears: 6\n", (", regel 3: 'years' staat er al, op regel 2."
         " Haal één van de twee weg.")),
        ("name: proef\n\tyears: 5\n", (", regel 2: dit is geen leesbare YAML."
         " Gebruik spaties in plaats van tabs.")),
        ("name: [proef\n", (", regel 2: dit is geen leesbare YAML. Kijk of de regels goed"
         " inspringen en of achter elke naam een dubbele punt met een spatie staat.")),
        ("name: &naam proef\n", (", regel 1: verwijzingen met & en * gaan hier niet."
         " Schrijf de waarde voluit.")),
        ("name: proef\n---\nname: ander\n", (", regel 2: hier begint een tweede document (---)."
         " Geef elk scenario een eigen bestand.")),
        ("[" * 3000, ", regel 1: hier staat te veel in elkaar. Haal haken of inspringingen weg."),
        (
            "name: proef\ntitle: ''\n",
            ", regel 2: Bij title hoort tekst van minstens 1 teken te staan.",
        ),
        (
            "name: proef\ndemography: {death: []}\n",
            ", regel 2: Bij demography.death hoort minstens één regel te staan.",
        ),
        (
            "name: proef\ndemography:\n  leave: [{age: 65, chance: 0.1}, {age: 0, chance: 0}]\n",
            (
                ", regel 3: Bij demography.leave: zet de regels van jong naar oud, elke leeftijd"
                " eenmaal."
            ),
        ),
        ("", ": hier staat geen scenario. Begin met 'name:' en een naam."),
        ("#" * (LONGEST + 1), f": de tekst is te lang. Houd het onder {LONGEST} tekens."),
        ("name: niets-doen\nchanges: [{change: coach_hours, hours_per_week: 3}]", (", regel 1: De"
         " naam 'niets-doen' is van het scenario zonder veranderingen. Kies een andere naam.")),
        ("name: proef\n1: 2\n", (", regel 2: Het onderdeel '1' kennen wij niet. Kies uit: base,"
         " adjust, name, title, question, years, step_months, replications, seed,"
         " options_per_household, acceptance, demography, sources, changes.")),
        ("name: proef\nadjust: {numbr: 3}\nbase: nieuwbouw-nultreden\n", (", regel 2: Bij adjust:"
         " het onderdeel 'numbr' kennen wij niet. Bedoelt u 'number'?")),
        ("name: proef\nadjust: {number: 3}\n", (", regel 2: Bij adjust: de basis bouwt geen"
         " woningen. Zet het bij uw eigen new_build.")),
    ],
)  # fmt: skip
def test_a_mistake_in_the_text_is_one_sentence(text, sentence):
    assert sentences(text) == [f"proef.yaml{sentence}"]


def test_all_mistakes_are_told_together_in_the_order_of_the_file():
    told = sentences(
        "name: proef\nyears: veel\nacceptence: {}\nchanges:\n  - {change: sale, month: 2028-00}\n"
    )
    assert [sentence.split(":")[0] for sentence in told] == [
        f"proef.yaml, regel {line}" for line in (2, 3, 5)
    ]


def test_what_somebody_typed_is_repeated_short_and_on_one_line():
    (told,) = sentences(f'name: "{"a" * 500}\\n\\u0007"\n')
    assert f"'{'a' * 40}…'" in told
    assert "\n" not in told


@pytest.mark.parametrize(
    ("month", "sentence"),
    [
        ("2026-10", "dat is vóór het begin (2026-11). Kies een latere maand."),
        ("2029-11", ("dat is na het einde (2029-10). Kies een eerdere maand, of meer jaren bij"
         " years.")),
    ],
)  # fmt: skip
def test_a_change_outside_the_years_is_a_mistake_once_the_day_is_known(month, sentence):
    text = f"name: proef\nyears: 3\nchanges:\n  - {{change: sale, month: {month}}}\n"
    assert scenario_of(text).name == "proef"
    told = f"proef.yaml, regel 4: Bij changes[0].month staat '{month}'; {sentence}"
    assert sentences(text, on=ON) == [told]


def test_the_first_and_the_last_month_lie_within_the_years():
    changes = "".join(f"\n- {{change: sale, month: {month}}}" for month in ("2026-11", "2029-10"))
    assert len(scenario_of(f"name: proef\nyears: 3\nchanges:{changes}\n", on=ON).changes) == 2


# --- standing on another ------------------------------------------------------------------------


def test_what_is_left_out_is_as_in_doing_nothing():
    nothing = scenario_from(NOTHING)
    told = scenario_of("name: proef\nacceptance: {percent: 30}\n")
    assert told.acceptance.percent == 30
    assert told.acceptance.band == nothing.acceptance.band
    assert told.demography == nothing.demography
    assert (told.title, told.question) == ("proef", "")


def test_the_changes_of_the_base_come_first(tmp_path):
    (tmp_path / "onder.yaml").write_text(with_changes(SALE), "utf-8")
    (tmp_path / "boven.yaml").write_text(
        f"base: onder.yaml\nyears: 7\nchanges:\n  - {FORTY}\n", "utf-8"
    )
    told = scenario_from(tmp_path / "boven.yaml")
    assert [change.change for change in told.changes] == ["sale", "new_build"]
    assert (told.name, told.years) == ("boven", 7)


def test_a_mistake_after_a_base_is_counted_as_it_stands_in_the_file(tmp_path):
    (tmp_path / "onder.yaml").write_text(with_changes(SALE, SALE), "utf-8")
    (tmp_path / "boven.yaml").write_text(
        "base: onder\nchanges:\n  - {change: sale, month: maart}\n", "utf-8"
    )
    with pytest.raises(BadScenario, match=r"^boven.yaml, regel 3: Bij changes\[0\].month staat 'm"):
        scenario_from(tmp_path / "boven.yaml")


def test_a_mistake_in_a_base_names_the_file_of_the_base(tmp_path):
    (tmp_path / "onder.yaml").write_text("name: onder\nyears: 0\n", "utf-8")
    (tmp_path / "boven.yaml").write_text("base: onder\n", "utf-8")
    with pytest.raises(BadScenario, match=r"^onder.yaml, regel 2: Bij years staat '0'"):
        scenario_from(tmp_path / "boven.yaml")


def test_a_change_of_the_base_that_falls_outside_shorter_years_says_so(tmp_path):
    (tmp_path / "boven.yaml").write_text("base: nieuwbouw-nultreden\nyears: 1\n", "utf-8")
    with pytest.raises(BadScenario, match=r"^boven.yaml: \(basis\) Bij changes\[0\].month staat"):
        scenario_from(tmp_path / "boven.yaml", on=ON)


def test_bases_in_a_ring_are_refused(tmp_path):
    for one, other in (("a", "b"), ("b", "c"), ("c", "a")):
        (tmp_path / f"{one}.yaml").write_text(f"base: {other}\n", "utf-8")
    with pytest.raises(BadScenario) as told:
        scenario_from(tmp_path / "a.yaml")
    assert told.value.sentences == (
        (
            "c.yaml, regel 1: De bases staan in een kring: a.yaml → b.yaml → c.yaml → a.yaml."
            " Haal bij één daarvan de regel 'base' weg."
        ),
    )


def test_a_file_may_have_the_name_of_the_example_it_stands_on(tmp_path):
    (tmp_path / "loting.yaml").write_text("base: loting\nyears: 2\n", "utf-8")
    assert scenario_from(tmp_path / "loting.yaml").years == 2


@pytest.mark.parametrize("base", ["../geheim", "/etc/passwd", ".verborgen", "a/b", "''", "3"])
def test_a_base_is_a_name_and_never_a_path(tmp_path, base):
    (tmp_path / "geheim.yaml").write_text("name: geheim\n", "utf-8")
    (tmp_path / "map").mkdir()
    assert sentences(f"name: proef\nbase: {base}\n", folder=tmp_path / "map") == [
        (
            "proef.yaml, regel 2: Bij base hoort de naam van een scenario of van een bestand naast"
            " dit bestand."
        )
    ]


def test_text_without_a_folder_stands_on_our_own_scenarios_only(tmp_path, monkeypatch):
    (tmp_path / "onder.yaml").write_text("name: onder\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    assert "De basis 'onder' kennen wij niet." in sentences("name: proef\nbase: onder\n")[0]


def test_what_a_base_builds_can_be_adjusted():
    told = scenario_of(
        f"name: proef\nbase: nieuwbouw-nultreden\nadjust: {{number: 60, let_to: 55plus}}\n"
        f"changes:\n  - {FORTY}\n"
    )
    assert [(one.number, one.let_to) for one in told.changes] == [
        (60, Letting.OLDER),
        (40, Letting.FREE),
    ]


# --- files --------------------------------------------------------------------------------------


def test_a_file_that_is_not_there_is_answered_by_an_example():
    with pytest.raises(BadScenario, match=r"Het scenario 'lotin.yaml' is er niet. Bedoelt u 'lot"):
        scenario_from("lotin.yaml")


def test_a_file_that_is_no_text_is_refused(tmp_path):
    (tmp_path / "proef.yaml").write_bytes(b"name: \xff\xfe")
    with pytest.raises(BadScenario, match=r"^proef.yaml: dit is geen gewone tekst."):
        scenario_from(tmp_path / "proef.yaml")


def test_the_mistakes_of_several_files_come_together(tmp_path):
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text("years: 0\n", "utf-8")
    with pytest.raises(BadScenario) as told:
        scenarios_from(tmp_path / "a.yaml", "loting", tmp_path / "b.yaml")
    assert [sentence[:6] for sentence in told.value.sentences] == ["a.yaml", "b.yaml"]


def test_two_scenarios_may_not_have_one_name():
    with pytest.raises(BadScenario, match=r"^Twee scenario's heten 'loting'."):
        scenarios_from("loting", "inschrijfduur", "loting")
