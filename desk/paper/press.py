"""The press: HTML comes in, a tagged PDF goes out; a process of its own, without a network.

Run as `python -m desk.paper.press`. What WeasyPrint has to say about a page could quote from it, so
nobody keeps it: the parent throws the error stream away and looks at the exit code.
"""

from __future__ import annotations

import hashlib
import os
import re
import resource
import sys
from pathlib import Path
from typing import Any

VENDORED = Path(__file__).parents[1] / "static" / "vendored"
TYPEFACE = re.compile(r"paper:(source-sans-3-latin(?:-ext)?-(?:400|600|700)-normal\.woff2)")
"""The only addresses that lead anywhere: the letters themselves."""
MEMORY = 1_500_000_000
SECONDS = 20
LOOSE, TIGHT = "<body>", '<body class="tight">'
"""A page that runs over is set tighter; its letters stay as large as they were."""


def confine() -> None:
    """Bound what this process may take, and let it open no connection, whatever it is told."""
    os.nice(5)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.addaudithook(_no_connection)


def _no_connection(event: str, _: Any) -> None:  # noqa: ANN401 - as Python calls it
    if event.startswith("socket."):
        raise PermissionError(event)


def pressed(html: str) -> bytes:
    """Print a page as PDF/UA-1; the same page gives the same bytes."""
    # Only the child pays for WeasyPrint: the desk never imports it.
    from weasyprint import HTML  # type: ignore[import-untyped] # noqa: PLC0415 - ships no types

    options = {"pdf_variant": "pdf/ua-1", "pdf_identifier": _identifier(html)}

    def laid_out(page: str) -> Any:  # noqa: ANN401 - WeasyPrint ships no types
        return HTML(string=page, url_fetcher=fetcher(), base_url="paper:").render(**options)

    document = laid_out(html)
    if len(document.pages) > 1 and LOOSE in html:
        document = laid_out(html.replace(LOOSE, TIGHT, 1))
    pdf: bytes = document.write_pdf(**options)
    return pdf


def _identifier(html: str) -> bytes:
    return hashlib.sha256(html.encode()).hexdigest()[:32].encode()


def fetcher() -> Any:  # noqa: ANN401 - WeasyPrint ships no types
    """Give what fetches for a page: our own typeface, and nothing else in the world."""
    from weasyprint.urls import (  # type: ignore[import-untyped] # noqa: PLC0415 - ships no types
        URLFetcher,
        URLFetcherResponse,
    )

    class Fetcher(URLFetcher):  # type: ignore[misc] # WeasyPrint ships no types
        def fetch(self, url: str, headers: object = None) -> Any:  # noqa: ANN401, ARG002 - as WeasyPrint calls it
            path = typeface(url)
            return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": "font/woff2"})

    return Fetcher()


def typeface(url: str) -> Path:
    """Find the file behind an address in a page. Raises PermissionError for any other address."""
    found = TYPEFACE.fullmatch(url)
    files = sorted(VENDORED.glob(f"source-sans-3-*/{found[1]}")) if found else []
    if not files:
        raise PermissionError("paper")
    return files[-1]


def main() -> None:
    """Print what comes in by standard input."""
    confine()
    html = sys.stdin.buffer.read().decode()
    sys.stdout.buffer.write(pressed(html))


if __name__ == "__main__":
    main()
