"""Which version of the API this is: said in every answer, and in its document."""

VERSION = "1.0.0"
PREFIX = "/v1"
SAID = {"API-Version": VERSION}
"""On every answer, errors too (NL API Design Rules 2.2, /core/version-header)."""
