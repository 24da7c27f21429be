from sqlalchemy import text

from store.tenants import reading


def test_a_signed_in_coach_is_somebody(as_coach, anonymous):
    assert as_coach().get("/").headers["location"] == "/voorstellen"
    assert "/aanmelden" in anonymous().get("/").headers["location"]


def test_each_corporation_sees_its_own_rows_only(engine):
    tables = ("proposal", "person", "address")
    with engine.connect() as connection:
        corporations = connection.scalars(text("SELECT DISTINCT corporation FROM person")).all()
        total = {t: connection.scalar(text(f"SELECT count(*) FROM {t}")) for t in tables}  # noqa: S608
    assert len(corporations) > 1
    seen = dict.fromkeys(tables, 0)
    for corporation in corporations:
        with reading(engine, corporation) as connection:
            for table in tables:
                rows = connection.scalars(text(f"SELECT corporation FROM {table}")).all()  # noqa: S608
                assert set(rows) <= {corporation}
                seen[table] += len(rows)
    assert seen == total
    assert min(total.values()) > 0
