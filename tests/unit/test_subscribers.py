"""Who listens along: the page says it, and every mistake on it has its sentence."""

import pytest

from data_contracts.subscribers import USUAL, BadSubscribers, subscribers_from

SECRET = "0123456789abcdef" * 2


def page(tmp_path, text):
    path = tmp_path / "meeluisteren.yaml"
    path.write_text(text, "utf-8")
    return path


def subscriber(tmp_path, **differs):
    """A page with one subscriber; None leaves a line out."""
    said = {"name": "portaal", "url": "https://portaal.example/haak", "secret_file": "geheim"}
    lines = [f"{key}: {what}" for key, what in (said | differs).items() if what is not None]
    return page(tmp_path, "subscribers:\n  - " + "\n    ".join(lines) + "\n")


def test_a_subscriber_is_told_of_proposals_and_notices_from_now_on(tmp_path):
    (one,) = subscribers_from(subscriber(tmp_path))

    assert (one.name, one.start, one.kinds) == ("portaal", "now", USUAL)
    assert "ProposalOffered" in USUAL
    assert "NoticeGiven" in USUAL
    assert "HouseholdRegistered" not in USUAL


def test_without_a_page_nobody_listens():
    assert subscribers_from(None) == ()


def test_a_subscriber_chooses_its_kinds_and_where_it_begins(tmp_path):
    path = subscriber(tmp_path, **{"kinds": "[NoticeGiven]", "from": 12})
    (one,) = subscribers_from(path)

    assert (one.kinds, one.start) == (("NoticeGiven",), 12)


@pytest.mark.parametrize(
    "url",
    [
        "http://portaal.example/haak",
        "ftp://portaal.example",
        "//portaal.example",
        "http://10.0.0.1/haak",
        "http://127.0.0.1.example/haak",
        "https://piet@portaal.example/",
        "https://portaal.example/#hier",
        "https://portaal.example:poort/",
        "https://[::1/",
        "portaal",
    ],
)
def test_an_address_is_https_or_stays_on_this_machine(tmp_path, url):
    with pytest.raises(BadSubscribers, match="url"):
        subscribers_from(subscriber(tmp_path, url=f'"{url}"'))


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/x", "http://[::1]:9/x", "http://localhost/x"])
def test_on_this_machine_plain_http_will_do(tmp_path, url):
    (one,) = subscribers_from(subscriber(tmp_path, url=f'"{url}"'))

    assert one.url == url


@pytest.mark.parametrize(
    ("differs", "said"),
    [
        ({"kind": "[NoticeGiven]"}, "Bedoelde u kinds?"),
        ({"secret": "x"}, "Bedoelde u secret_file?"),
        ({"kinds": "[NoticeGivn]"}, "Bedoelde u NoticeGiven?"),
        ({"kinds": "[]"}, "kinds"),
        ({"secret_file": None}, "secret_file: dit ontbreekt"),
        ({"name": "Het Portaal"}, "name"),
        ({"from": 0}, "from"),
        ({"from": "gisteren"}, "from"),
    ],
)
def test_a_mistake_is_named_with_what_was_probably_meant(tmp_path, differs, said):
    with pytest.raises(BadSubscribers) as caught:
        subscribers_from(subscriber(tmp_path, **differs))

    assert said in str(caught.value)


def test_all_mistakes_are_told_at_once(tmp_path):
    path = subscriber(tmp_path, url="x", kinds="[Niets]", secret_file=None)

    with pytest.raises(BadSubscribers) as caught:
        subscribers_from(path)

    assert all(word in str(caught.value) for word in ("url", "Niets", "secret_file"))


@pytest.mark.parametrize("text", ["", "- x\n", "subscriber: []\n", "subscribers: {\n", "x: 1\n"])
def test_a_page_of_another_form_is_one_sentence(tmp_path, text):
    with pytest.raises(BadSubscribers, match="meeluistert"):
        subscribers_from(page(tmp_path, text))


def test_a_page_that_is_not_there_is_one_sentence(tmp_path):
    with pytest.raises(BadSubscribers, match="niet te lezen"):
        subscribers_from(tmp_path / "nergens.yaml")


def test_a_name_stands_on_the_page_once(tmp_path):
    one = 'name: a\n    url: "https://a.example"\n    secret_file: x\n'

    with pytest.raises(BadSubscribers, match="tweemaal"):
        subscribers_from(page(tmp_path, f"subscribers:\n  - {one}  - {one}"))


@pytest.mark.parametrize("content", [None, b"", b"kort\n"])
def test_without_a_real_secret_nothing_is_sent(tmp_path, content):
    secret = tmp_path / "geheim"
    if content is not None:
        secret.write_bytes(content)
    (one,) = subscribers_from(subscriber(tmp_path, secret_file=secret))

    with pytest.raises(BadSubscribers, match="portaal"):
        one.secret()


def test_the_end_of_the_line_is_no_part_of_the_secret(tmp_path):
    secret = tmp_path / "geheim"
    secret.write_text(SECRET + "\n", "utf-8")
    (one,) = subscribers_from(subscriber(tmp_path, secret_file=secret))

    assert one.secret() == SECRET.encode()
    assert SECRET not in repr(one)
