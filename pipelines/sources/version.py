"""Which readers read a file: their version changes with any line of them."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

import data_contracts
from matching import state

LIBRARIES = ("pandas", "pyarrow", "pydantic", "python-calamine", "verhuisketen")


@cache
def reader_version() -> str:
    """Give 16 figures that stay the same as long as reading the same bytes gives the same facts.

    A number kept by hand would be forgotten one day, and a correction in a reader would then never
    reach a file that nobody changes. The price of being careful is one slow night per release.
    """
    words, sources = Path(data_contracts.__file__).parent, Path(__file__).parent
    files = [*sorted(words.glob("*.py")), *sorted(sources.glob("*.py")), Path(state.__file__)]
    digest = hashlib.sha256(" ".join(map(version, LIBRARIES)).encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
