"""What a coach gets: complete, in the right order, and harmless to open."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from data_contracts.phrases import DECLINES
from data_contracts.words import Verdict
from matching.model import Chain, Explanation, Move, PassedOver, Reason
from pipelines.handover import workbooks
from pipelines.handover.agenda import Cast, agenda
from pipelines.handover.facts import plain
from pipelines.handover.workbook import file_names
from tests.handover_world import CANARY, NASTY, a_plan, an_empty_plan, some_facts


@pytest.fixture
def books(tmp_path):
    return {path.name: path for path in workbooks(a_plan(), some_facts(), tmp_path)}


def _cells(path):
    return [
        (sheet.title, cell)
        for sheet in load_workbook(path).worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    ]


def _column(path, sheet, head):
    rows = list(load_workbook(path)[sheet].iter_rows(min_row=3, values_only=True))
    at = rows[0].index(head)
    return [row[at] for row in rows[1:]]


def test_every_coach_gets_a_workbook_and_so_do_proposals_without_one(books):
    assert sorted(books) == [
        "verhuisvoorstellen-C-01.xlsx",
        "verhuisvoorstellen-C-02.xlsx",
        "verhuisvoorstellen-zonder-coach.xlsx",
    ]


def test_two_coaches_never_share_a_file():
    names = file_names(["C/01", "C-01", "c-01", "zonder-coach", None])
    assert len({name.lower() for name in names.values()}) == 5


def test_every_proposal_stands_in_exactly_one_workbook(books):
    seen = [
        who
        for path in books.values()
        for sheet in load_workbook(path).sheetnames
        if sheet in ("Deze week", "Volgende weken")
        for who in _column(path, sheet, "Huishouden")
    ]
    assert sorted(seen) == ["H-1", "H-2", "H-3", "H-4", "H-5"]


def test_the_first_sheet_says_what_to_do_this_week(books):
    path = books["verhuisvoorstellen-C-01.xlsx"]
    assert load_workbook(path).sheetnames == [
        "Deze week",
        "Volgende weken",
        "Ketens",
        "Waarom",
        "Uitleg",
    ]
    assert _column(path, "Deze week", "Huishouden") == ["H-1", "H-2"]


def test_no_cell_is_a_formula(books):
    kinds = {cell.data_type for path in books.values() for _, cell in _cells(path)}
    assert "f" not in kinds


def test_nothing_links_out_of_the_workbook(books):
    for path in books.values():
        book = load_workbook(path)
        assert not book._external_links
        assert not any(cell.hyperlink for _, cell in _cells(path))


@pytest.mark.parametrize("household", sorted(NASTY))
def test_a_name_that_looks_like_a_formula_comes_back_as_it_was(books, household):
    read = {str(cell.value) for path in books.values() for _, cell in _cells(path)}
    assert NASTY[household] in read


def test_a_second_reader_sees_the_same_names(books):
    seen = {
        cell
        for path in books.values()
        for name in CalamineWorkbook.from_path(str(path)).sheet_names
        for row in CalamineWorkbook.from_path(str(path)).get_sheet_by_name(name).to_python()
        for cell in row
    }
    assert set(NASTY.values()) <= seen


PAYLOADS = [
    f"{start}{rest}"
    for start in (
        "=",
        "+",
        "-",
        "@",
        "\t=",
        "=+",
        "\uff1d",
        "\uff0b",
        "\uff0d",
        "\uff20",
        "'=",
        ";=",
        '"=',
    )
    for rest in ("1+1", "cmd|'/C calc'!A0", 'HYPERLINK("h", "x")', "SUM(A1:A9)")
] + ["1E5", "007", "{=1+1}", "#N/A", "TRUE", "mailto:a@b.nl", "internal:Blad!A1", "01-02-2026"]


def test_no_payload_in_any_text_becomes_a_formula_a_link_or_another_text(tmp_path):
    chains = tuple(Chain((Move(f"H-{n}", f"W-{n}", None, 1),)) for n in range(len(PAYLOADS)))
    why = [
        Explanation(f"H-{n}", f"W-{n}", (Reason(text, Verdict.ASK, 0, text, text),))
        for n, text in enumerate(PAYLOADS)
    ]
    facts = some_facts(
        names={f"H-{n}": text for n, text in enumerate(PAYLOADS)},
        addresses={f"W-{n}": text for n, text in enumerate(PAYLOADS)},
        region=PAYLOADS[0],
        coach_week=1_000,
    )
    plan = replace(a_plan(), chains=chains, reasons=tuple(why))
    kinds, links = set(), []
    for path in workbooks(plan, facts, tmp_path):
        kinds |= {cell.data_type for _, cell in _cells(path)}
        links += [cell for _, cell in _cells(path) if cell.hyperlink]
    without = tmp_path / "verhuisvoorstellen-zonder-coach.xlsx"
    mine = [f"H-{n}" for n in range(len(PAYLOADS)) if f"H-{n}" not in ("H-1", "H-2", "H-4", "H-5")]
    expected = {PAYLOADS[int(household[2:])] for household in mine}
    assert "f" not in kinds
    assert links == []
    assert set(_column(without, "Deze week", "Naam")) == expected
    assert {home[: -len("\nwoning")] for home in _column(without, "Deze week", "Voorstel")} >= (
        expected - {PAYLOADS[n] for n in range(1, 7)}
    )
    assert set(_column(without, "Waarom", "Uitleg")) == expected


def test_a_coach_never_reads_the_name_of_another_coachs_household(books):
    mine = {str(cell.value) for _, cell in _cells(books["verhuisvoorstellen-C-02.xlsx"])}
    assert not any(CANARY + " =" in text for text in mine)
    assert any("huishouden van C/01" in text for text in mine)


def test_what_must_be_asked_first_stands_beside_the_proposal(books):
    asks = _column(books["verhuisvoorstellen-C-01.xlsx"], "Deze week", "Eerst navragen")
    assert asks == ["• Vraag naar de toets van 2026."] * 2


def test_amounts_are_numbers_in_euros(books):
    assert _column(books["verhuisvoorstellen-C-01.xlsx"], "Deze week", "Streefhuur") == [700, None]


def test_answers_and_vera_reasons_can_be_chosen_from_a_list(books):
    book = load_workbook(books["verhuisvoorstellen-C-01.xlsx"])
    lists = [rule.formula1 for rule in book["Deze week"].data_validations.dataValidation]
    sheet, cells = lists[1].replace("$", "").split("!")
    offered = [row[0].value for row in book[sheet][cells]]
    assert lists[0] == '"In gesprek,Aanvaard,Geweigerd"'
    assert [text.split(" – ")[0] for text in offered] == [str(code) for code in DECLINES]


def test_headings_stay_in_sight(books):
    book = load_workbook(books["verhuisvoorstellen-C-01.xlsx"])
    assert [book[name].freeze_panes for name in ("Deze week", "Ketens", "Waarom")] == [
        "D4",
        "B4",
        "E4",
    ]


def test_the_same_plan_gives_the_same_bytes(tmp_path):
    one = workbooks(a_plan(), some_facts(), tmp_path / "een")
    two = workbooks(a_plan(), some_facts(), tmp_path / "twee")
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]


def test_an_empty_plan_gives_no_workbooks(tmp_path):
    assert workbooks(an_empty_plan(), some_facts(), tmp_path) == []


def test_a_home_the_tables_do_not_know_is_still_named(tmp_path):
    facts = some_facts()
    unknown = some_facts(dwellings=facts.dwellings.drop("W-1"), addresses={})
    path = workbooks(a_plan(), unknown, tmp_path)[0]
    assert _column(path, "Deze week", "Voorstel")[0] == "W-1\nwoning"


lengths = st.lists(st.lists(st.sampled_from(["a", "b", None]), min_size=1, max_size=5), max_size=12)


@given(coaches=lengths, per_week=st.integers(1, 4))
def test_no_week_is_fuller_than_a_coach_can_bear_and_no_step_precedes_the_one_it_needs(
    coaches, per_week
):
    who = {f"h{c}-{k}": {"coach": of} for c, row in enumerate(coaches) for k, of in enumerate(row)}
    chains = tuple(
        Chain(tuple(Move(f"h{c}-{k}", f"w{c}-{k}", f"w{c}-{k + 1}", 1) for k in range(len(row))))
        for c, row in enumerate(coaches)
    )
    tasks = agenda(chains, Cast(chains, {}, who, {}), per_week=per_week)
    assert len(tasks) == sum(map(len, coaches))
    assert all(n <= per_week for n in Counter((t.coach, t.week) for t in tasks).values())
    weeks = {(t.chain, t.step): t.week for t in tasks}
    assert all(weeks[c, k] >= weeks.get((c, k - 1), 1) for c, k in weeks)


def test_all_steps_of_a_ring_go_together(books):
    later = books["verhuisvoorstellen-C-01.xlsx"], "Volgende weken", "Vrij"
    assert _column(*later) == ["Woningruil: alle stappen tegelijk"]


def test_a_name_that_is_missing_leaves_an_empty_cell(tmp_path):
    path = workbooks(a_plan(), some_facts(names={"H-1": float("nan")}), tmp_path)[0]
    assert _column(path, "Deze week", "Naam")[0] is None


def test_missing_cells_become_none():
    facts = some_facts()
    assert plain(facts.dwellings["rooms"].iloc[5]) is None
    assert plain(facts.openings["free_on"].iloc[1]) is None


PASSED = PassedOver("H-2", "W-1", "W-1", 6, to_show=True, sentence="Dit is nacht 6 op rij.")


def test_who_was_passed_over_too_often_stands_in_the_workbook_of_her_coach(tmp_path):
    brief = replace(PASSED, household="H-4", nights=2, to_show=False)
    plan = replace(a_plan(), passed_over=(PASSED, brief))

    books = {path.name: path for path in workbooks(plan, some_facts(), tmp_path)}

    assert _column(books["verhuisvoorstellen-C-01.xlsx"], "Kijk mee", "Huishouden") == ["H-2"]
    assert "Kijk mee" not in load_workbook(books["verhuisvoorstellen-C-02.xlsx"]).sheetnames


def test_a_coach_without_proposals_hears_of_who_was_passed_over(tmp_path):
    plan = replace(an_empty_plan(), passed_over=(PASSED,))

    assert [path.name for path in workbooks(plan, some_facts(), tmp_path)] == [
        "verhuisvoorstellen-C-01.xlsx"
    ]
