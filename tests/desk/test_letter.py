import re
import zlib
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from desk.figures import euro
from desk.paper import pdf, press, saying
from desk.paper.letter import letter, sentences
from desk.paper.told import Caller, Rent, Walk
from tests.desk.told import CHILD, DOCTOR, LONG, NOW, THEN, TOLD, told

JARGON = re.compile(
    "nultreden|doorstrom|mutatie|toewijz|kandida|huishoudlabel|aftopping|passend toewijzen|keten"
    "|VHE|eenheid|complex|optimal|algoritme|systeem|matching|score|punten|criteri|streefhuur"
    "|netto|bruto|conform|middels|teneinde|betreffende|derhalve|indien|tevens|mobiliteit|profiel"
    "|mantelontvanger|toegankelijkheidslabel|weiger|plan ",
    re.IGNORECASE,
)
"""Words of the trade, of the office and of the machine: none of them in a letter."""
SENTENCE = re.compile(r"[^.!?:]+[.!?:]")


class Words(HTMLParser):
    """What of a page stands on paper."""

    def __init__(self, page):
        super().__init__()
        self.said, self.style = [], False
        self.feed(page)

    def handle_starttag(self, tag, _):
        self.style = tag == "style"

    def handle_data(self, data):
        if not self.style and data.strip():
            self.said.append(" ".join(data.split()))


def words(page):
    return " ".join(Words(page).said)


def refusal(one):
    return " ".join(saying.refusing(one))


def plain(text):
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_the_letter_says_why_what_it_costs_and_what_happens_next():
    said = plain(words(letter(TOLD)))

    assert "Beste mevrouw De Vries," in said
    assert "U hoeft geen trap meer op naar uw voordeur." in said
    assert "U loopt in 8 minuten naar uw kind. Nu is dat 25 minuten." in said
    assert "U loopt in 6 minuten naar de huisarts. Nu is dat 14 minuten." in said
    assert "U betaalt nu € 560,12 huur per maand. De huur wordt € 640,12 per maand" in said
    assert "Dat is € 80,00 meer per maand." in said
    assert "uiterlijk op zondag 20 december 2026" in said
    assert "Bel Anneke Bos: 036 123 45 67." in said


def test_who_says_no_loses_nothing_and_reads_so():
    one, other, starter = told(priority=True), TOLD, told(home=None)

    assert "U houdt uw huis, uw inschrijftijd en uw voorrang. U verliest" in refusal(one)
    assert "U houdt uw huis en uw inschrijftijd. U verliest dus niets." in refusal(other)
    assert "U houdt uw inschrijftijd. U verliest dus niets." in refusal(starter)


def test_nobody_needs_to_give_up_a_home_to_answer():
    said = saying.steps(TOLD)

    assert any("U houdt uw huis tot u in de nieuwe woning kunt." in step for step in said)
    assert any("Tot dan mag u zich bedenken." in step for step in said)


def test_what_is_less_good_is_said_too():
    said = saying.why(told(walks=(Walk("uw vriend", 10, 14),), home=replace(NOW, floor=0)))

    assert "Naar uw vriend is het verder: 14 minuten. Nu is dat 10 minuten." in said
    assert not [line for line in said if line.startswith("U loopt in")]


def test_stairs_that_were_not_there_are_a_warning():
    said = saying.why(told(home=replace(NOW, floor=0), to=replace(THEN, floor=2, lift=False)))

    assert said[-1] == "Let op: u moet een trap op naar de voordeur."


@pytest.mark.parametrize(
    ("rent", "said"),
    [
        (Rent(56_000, 50_000), "Dat is € 60,00 minder per maand."),
        (Rent(56_000, 56_050), "Dat blijft dus bijna gelijk."),
        (Rent(56_000, 60_000), "Dat is € 40,00 meer per maand."),
        (Rent(56_000, 56_000, kept=True), "U neemt uw oude huur mee, want voor u geldt"),
        (Rent(56_000, 60_000, grants=(("G", 75_000),)), "Misschien krijgt u € 750,00 voor"),
        (Rent(None, 60_000), "De huur wordt € 600,00 per maand"),
    ],
)
def test_the_rent_is_told_as_it_is(rent, said):
    assert said in plain(" ".join(saying.costs(rent)))


def test_a_starter_reads_nothing_of_a_home_left():
    said = plain(words(letter(told(home=None, rent=Rent(None, 60_000), walks=()))))

    assert "U betaalt nu" not in said
    assert "trap" not in said.replace("traptreden", "")


@pytest.mark.parametrize("waits_for", range(5))
def test_who_waits_for_others_reads_for_how_many(waits_for):
    last = saying.steps(told(waits_for=waits_for))[-1]

    assert ("Dat kan even duren" in last) is (waits_for > 0)


def test_an_exchange_moves_everybody_at_once():
    assert "tegelijk met twee andere huishoudens" in saying.steps(told(together=2))[-1]


@pytest.mark.parametrize("one", [TOLD, LONG, told(home=None, walks=(), rent=Rent(None, 60_000))])
def test_a_letter_is_easy_to_read(one):
    said = [found.split() for found in SENTENCE.findall(" ".join(sentences(one)))]
    lengths = [len(sentence) for sentence in said]

    assert sum(lengths) / len(lengths) <= 11
    assert max(lengths) <= 20


@pytest.mark.parametrize("one", [TOLD, LONG, told(together=2), told(caller=Caller("Bo"))])
def test_no_word_of_the_trade_stands_in_a_letter(one):
    assert JARGON.findall(words(letter(one))) == []


def test_nobody_is_told_of_another_person():
    said = words(letter(LONG))

    assert "voorstel-" not in said
    assert LONG.proposal not in said


def inflated(whole):
    """All that a PDF says of itself, its packed parts unpacked."""
    packed = re.findall(rb"stream\n(x\xda.*?)\nendstream", whole, re.DOTALL)
    return whole + b"\n".join(zlib.decompressobj().decompress(part) for part in packed)


@pytest.fixture(scope="module")
def printed():
    return pdf.printed(letter(TOLD))


def test_the_letter_is_a_tagged_pdf_of_one_page(printed):
    inside = inflated(printed)

    assert len(re.findall(rb"/Type /Page\b", inside)) == 1
    assert re.search(rb"/MarkInfo.{0,20}/Marked true", inside)
    assert b"/StructTreeRoot" in inside
    assert b"/Lang (nl)" in inside
    assert b'pdfuaid:part="1"' in inside
    assert b"/S /H1" in inside


def test_a_letter_is_set_in_our_own_typeface_only(printed):
    names = set(re.findall(rb"/BaseFont /\w+\+([\w-]+)", inflated(printed)))

    assert names == {b"Paper", b"Paper-Bold"}


def test_the_same_letter_gives_the_same_bytes(printed):
    assert pdf.printed(letter(TOLD)) == printed


def test_the_longest_letter_fits_one_page():
    from weasyprint import HTML  # noqa: PLC0415 - slow to load

    page = HTML(string=letter(LONG).replace(press.LOOSE, press.TIGHT), url_fetcher=press.fetcher())
    assert len(page.render().pages) == 1


def test_every_letter_on_paper_is_of_twelve_points_or_more():
    sizes = re.findall(r"font-size:\s*([\d.]+)pt", letter(TOLD))

    assert sizes
    assert min(map(float, sizes)) >= 12


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/x.css",
        "file:///etc/passwd",
        "paper:../../../pyproject.toml",
        "data:text/css,x",
        "paper:source-sans-3-latin-400-normal.woff2/../x",
    ],
)
def test_the_press_fetches_nothing_but_its_typeface(url):
    with pytest.raises(PermissionError):
        press.fetcher().fetch(url)


def test_the_press_has_its_typeface():
    for name in re.findall(r'url\("(paper:[^"]+)"\)', letter(TOLD)):
        assert press.typeface(name).is_file()


def test_a_print_that_takes_too_long_is_ended():
    with pytest.raises(pdf.NotPrinted):
        pdf.printed(letter(TOLD), seconds=0.01)


def test_who_comes_when_the_queue_is_full_is_asked_to_come_back():
    held = [pdf._QUEUE.acquire(blocking=False) for _ in range(pdf.IN_THE_QUEUE)]
    try:
        assert all(held)
        with pytest.raises(pdf.Busy):
            pdf.printed("<p>")
    finally:
        for _ in held:
            pdf._QUEUE.release()


def test_what_a_name_holds_stands_there_as_text():
    page = letter(told(name="<img src=x onerror=alert(1)>{{7*7}}"))

    assert "<img" not in page
    assert "{{7*7}}" in page


def test_the_figures_of_the_letter_are_those_of_the_proposal():
    said = words(letter(TOLD))

    for figure in (euro(56_012), euro(64_012), str(CHILD.then), str(DOCTOR.now), "64 m²"):
        assert plain(figure) in plain(said)
