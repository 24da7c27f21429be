import hashlib
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest
from jinja2 import nodes

import desk
from desk import figures, files, views
from desk.navigation import ACCOUNT, PLACES, first_page, navigation
from desk.viewer import Role, Viewer

FACE = Path(desk.__file__).parent
VENDORED = FACE / "static" / "vendored"
LISTED = dict(
    line.split("  ", 1)[::-1] for line in (VENDORED / "SHA256SUMS").read_text("utf-8").splitlines()
)
TEMPLATES = sorted(views._pages().list_templates())
HARD = "\N{NO-BREAK SPACE}"


def somebody(*roles):
    return Viewer("u-1", "CORP-1", "A. de Vries", frozenset(roles))


def test_what_others_made_is_what_they_published():
    there = {
        path.relative_to(VENDORED).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDORED.rglob("*")
        if path.is_file() and path.name not in ("SHA256SUMS", "README.md")
    }
    assert there == LISTED


def test_everything_vendored_stands_in_the_readme_with_a_licence_beside_it():
    told = (VENDORED / "README.md").read_text("utf-8")
    for folder in filter(Path.is_dir, VENDORED.iterdir()):
        assert f"`{folder.name}`" in told
        assert list(folder.glob("LICENSE*"))


def test_no_house_style_that_is_not_ours_to_give_away():
    names = " ".join(LISTED)
    assert not re.search(r"rijkshuisstijl|amsterdam|utrecht/design-tokens", names)


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_template_writes_unescaped_or_holds_script_or_style(name):
    text = (FACE / "templates" / name).read_text("utf-8")
    tree = views._pages().parse(text)

    assert not [one.name for one in tree.find_all(nodes.Filter) if one.name == "safe"]
    assert not list(tree.find_all(nodes.EvalContextModifier))
    assert not list(tree.find_all(nodes.MarkSafe))
    if not name.startswith("paper/"):
        assert not re.search(
            r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", text
        )
        assert not re.search(r"hx-on|hx-vals=[\"']js:|https?://", text)


def test_our_style_and_script_ask_nothing_of_elsewhere():
    style = files.files()["verhuisketen.css"].body.decode()
    assert not re.search(r"@import|url\([\"']?(https?:)?//", style)
    for found in re.findall(r"url\(\"([^\"]+)\"\)", style):
        assert found in files.files()


def test_our_script_runs_no_text_as_code():
    script = files.files()["verhuisketen.js"].body.decode()
    assert not re.search(r"\beval\(|new Function|innerHTML|outerHTML|document\.write", script)


def test_the_address_of_a_file_changes_with_its_bytes(monkeypatch):
    before = files.address("verhuisketen.css")
    changed = dict(files.files())
    changed["verhuisketen.css"] = files.File(b"body{}", None, "text/css")
    files.version.cache_clear()
    monkeypatch.setattr(files, "files", lambda: changed)

    assert files.address("verhuisketen.css") != before

    files.version.cache_clear()


@pytest.mark.parametrize(
    ("told", "by", "value"),
    [
        (f"€{HARD}712,30", figures.euro, 71230),
        (f"€{HARD}1.712,05", figures.euro, 171205),
        (f"€{HARD}−0,05", figures.euro, -5),
        ("–", figures.euro, None),
        ("–", figures.euro, pd.NA),
        ("12.345", figures.number, 12345),
        ("+3", figures.signed, 3),
        ("−4", figures.signed, -4),
        ("0", figures.signed, 0),
        (f"12{HARD}min.", figures.minutes, 12),
        ("–", figures.minutes, float("nan")),
        (f"350{HARD}m", figures.metres, 350),
        (f"1,2{HARD}km", figures.metres, 1_249),
        (f"1,0{HARD}km", figures.metres, 1_000),
        ("zondag 22 november 2026", figures.day, date(2026, 11, 22)),
        ("maandag 23 november 2026", figures.day, datetime(2026, 11, 22, 23, 30, tzinfo=UTC)),
        (f"1{HARD}mrt 2026", figures.short_day, date(2026, 3, 1)),
        ("–", figures.day, pd.NaT),
        (f"22{HARD}nov 15:02", figures.moment, datetime(2026, 11, 22, 14, 2, tzinfo=UTC)),
        (f"22{HARD}jul 16:02", figures.moment, datetime(2026, 7, 22, 14, 2, tzinfo=UTC)),
        (f"22{HARD}jul 16:02", figures.moment, pd.Timestamp("2026-07-22T14:02Z")),
        ("–", figures.moment, None),
    ],
)
def test_figures_are_written_as_dutch_people_write_them(told, by, value):
    assert by(value) == told


@pytest.mark.parametrize(
    ("count", "told"),
    [(0, "geen woningen"), (1, f"1{HARD}woning"), (2_000, f"2.000{HARD}woningen")],
)
def test_a_number_comes_with_its_noun(count, told):
    assert figures.many(count, "woning", "woningen") == told


@pytest.mark.parametrize("role", Role)
def test_everybody_starts_at_the_first_page_of_their_role(role):
    assert first_page(somebody(role)) == PLACES[role][0].path


def test_who_has_two_roles_sees_the_pages_of_both_and_the_account_last():
    shown = navigation(somebody(Role.PLANNER, Role.COACH))

    assert shown == (*PLACES[Role.COACH], *PLACES[Role.PLANNER], ACCOUNT)


def test_nobody_signed_in_sees_no_pages():
    assert navigation(None) == ()
    assert first_page(None) == "/aanmelden"
