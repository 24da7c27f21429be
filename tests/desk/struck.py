"""What no honest page has, and the forms a page has: read from its HTML, without a browser."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from html.parser import HTMLParser

from tests.desk.payloads import MARK, PRODUCT

NEVER = frozenset({"iframe", "object", "embed", "base", "style", "math", "noscript", "video"})
LEADS = frozenset({"href", "src", "action", "formaction", "data", "poster", "xlink:href", "hx-get"})
OURS = ("/", "#", "?", "mailto:", "tel:")
TEXT = frozenset({"text", "search", "email", "tel", "url", "password", "textarea"})
CODE = 40
"""A field that takes fewer characters is for a code or a number."""
ONCE = "eenmalig"
"""The field of a form that makes it count once: every turn brings its own."""
SOON = (date.today() + timedelta(days=3)).isoformat()  # noqa: DTZ011 - any day that is to come
USUAL = {"date": SOON, "time": "10:00", "number": "4", "datetime-local": f"{SOON}T10:00"}


@dataclass
class Form:
    """A form as it stands on a page: where it goes, and its fields by name as (kind, value).

    `longest` is what its shortest field of text takes, those for a code or a number left out.
    """

    action: str
    method: str
    fields: dict = field(default_factory=dict)
    longest: int = 200

    @property
    def slow(self):
        """Whether a password is typed in it."""
        return any(kind == "password" for kind, _ in self.fields.values())

    def texts(self):
        """Name the fields one types in."""
        return [name for name, (kind, _) in self.fields.items() if kind in TEXT]

    def filled(self, names, payload, turn):
        """Fill it as somebody would on their `turn`, with the payload in these fields."""
        given = {}
        for name, (kind, value) in self.fields.items():
            given[name] = value or (f"proef-{turn}" if kind in TEXT else USUAL.get(kind, ""))
            if kind == "time":
                given[name] = f"{8 + turn % 10:02}:{turn % 60:02}"
        if ONCE in given:
            given[ONCE] = f"{turn:024}"
        return given | dict.fromkeys(names, payload)


class Page(HTMLParser):
    """What is strange on a page, and its forms."""

    def __init__(self, text):
        super().__init__()
        self.strange, self.forms = [], []
        self._select = None
        if PRODUCT in text:
            self.strange.append("a template ran")
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        """Look at one element."""
        known = dict(attributes)
        if tag in NEVER or MARK in tag or (tag == "meta" and "http-equiv" in known):
            self.strange.append(f"<{tag}>")
        if tag == "script" and not (known.get("src") or "").startswith("/statisch/"):
            self.strange.append("script in the page")
        for name, value in attributes:
            self._attribute(tag, name, (value or "").strip())
        self._form(tag, known)

    def _attribute(self, tag, name, value):
        if name.startswith(("on", "hx-on")) or name in ("style", "srcdoc") or MARK in name:
            self.strange.append(f"{tag} {name}")
        if name in LEADS and (not value.startswith(OURS) or value.startswith("//")) and value:
            self.strange.append(f"{tag} {name}={value[:60]}")

    def _form(self, tag, known):
        if tag == "form":
            self.forms.append(Form(known.get("action", ""), known.get("method", "get")))
        name = known.get("name")
        if not self.forms or (name is None and tag != "option"):
            return
        fields = self.forms[-1].fields
        if (most := int(known.get("maxlength") or 0)) >= CODE:
            self.forms[-1].longest = min(most, self.forms[-1].longest)
        if tag == "input":
            fields.setdefault(name, (known.get("type", "text"), known.get("value", "")))
        elif tag == "textarea":
            fields[name] = ("textarea", "")
        elif tag == "select":
            self._select = name
            fields[name] = ("select", "")
        elif tag == "option" and self._select in fields:
            fields[self._select] = ("select", known.get("value", ""))


def strange(text):
    """Give what stands on a page that no page of ours has."""
    return Page(text).strange


def forms(text):
    """Give the forms of a page in which one types."""
    return [form for form in Page(text).forms if form.texts()]
