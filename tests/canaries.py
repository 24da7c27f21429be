"""A rare name for every household: wherever it turns up afterwards, a name got out."""

CANARY = "Kanarie-Zeldzaam"


def with_canaries(folder):
    """Give every household in the deliveries of a folder the same rare name."""
    path = folder / "huishoudens.csv"
    head, *rows = path.read_text("utf-8-sig").splitlines()
    at = head.split(";").index("aanspreeknaam")
    named = [";".join([*r.split(";")[:at], CANARY, *r.split(";")[at + 1 :]]) for r in rows]
    path.write_text("\r\n".join([head, *named, ""]), "utf-8-sig")
