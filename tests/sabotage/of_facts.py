"""Breaks in how facts come in, are kept, and go out."""

from tests.sabotage.breaks import Break, named

ANY_BATCHES = named(
    "property/test_facts_in_any_order",
    "test_facts_in_any_order_half_of_them_twice_in_any_batches_give_the_same_state",
)
ANY_READERS = named(
    "property/test_facts_in_any_order",
    "test_a_log_told_in_any_order_and_read_by_readers_that_stop_and_start_gives_one_state",
)
FIRST_SCHEMA = "store/migrations/versions/0001_first_tables.py"

BREAKS = (
    Break(
        "P1",
        "a plan is put in force in one transaction, its proposals are offered in the next",
        "store/proposals.py",
        "        return offer(connection, plan, plan_id=number, coaches=coaches, until=until)",
        "    with engine.begin() as connection:\n"
        "        return offer(connection, plan, plan_id=number, coaches=coaches, until=until)",
        (
            named(
                "integration/test_proposals",
                "test_a_crash_while_publishing_leaves_yesterdays_proposals_in_force",
            ),
        ),
    ),
    Break(
        "P1",
        "a delivery is booked, and committed, before its facts are in the log",
        "pipelines/ingest.py",
        "    _set_aside(connection, file, parsed, known[0], booked=booked)\n",
        "    _set_aside(connection, file, parsed, known[0], booked=booked)\n"
        '    connection.exec_driver_sql("COMMIT")\n',
        (
            named(
                "integration/test_watch_together",
                "test_whoever_is_killed_at_any_step_finishes_at_the_next_start",
            ),
        ),
    ),
    Break(
        "P1",
        "the log takes a fact twice: no unique key",
        FIRST_SCHEMA,
        "    CONSTRAINT log_source_id_key UNIQUE (source, id)\n",
        "    CONSTRAINT log_source_id_key CHECK (source <> id)\n",
        (named("integration/test_log", "test_a_fact_told_twice_is_written_once"),),
    ),
    Break(
        "P2",
        "a database that may lose acknowledged facts is accepted (synchronous_commit off)",
        "store/database.py",
        '    names = ("fsync", "full_page_writes", "synchronous_commit")',
        '    names = ("fsync", "full_page_writes")',
        (
            named(
                "integration/test_embedded",
                "test_a_database_that_may_lose_what_it_acknowledged_is_refused",
            ),
        ),
    ),
    Break(
        "P3",
        "a broken record is skipped in silence (on_bad_lines)",
        "pipelines/sources/text.py",
        "            for number, found in enumerate("
        "_records(lines, self.delimiter, len(self.columns)), 1):",
        "            good = (r for r in _records(lines, self.delimiter, len(self.columns))"
        " if not r.problem)\n            for number, found in enumerate(good, 1):",
        (
            named(
                "unit/test_sources_text",
                "test_a_record_with_another_number_of_fields_is_broken_alone",
            ),
        ),
    ),
    Break(
        "P3",
        "a repeated row is not counted",
        "data_contracts/feeds.py",
        "        piles.duplicates += 1",
        "        piles.duplicates += 0",
        (
            named(
                "unit/test_feeds", "test_the_same_row_again_is_a_duplicate_and_another_one_a_reject"
            ),
        ),
    ),
    Break(
        "P3",
        "what cp1252 does not know is read as latin-1",
        "pipelines/sources/text.py",
        '    return "utf-8" if good >= bad else "cp1252"',
        '    return "utf-8" if good >= bad else "latin-1"',
        (
            named(
                "unit/test_sources_text",
                "test_a_byte_that_cp1252_does_not_know_is_marked_and_never_read_as_latin1",
            ),
        ),
    ),
    Break(
        "P3",
        "a decimal point is assumed: the thousands of 1.184,82 are lost",
        "data_contracts/cells.py",
        '        return int(found[1].replace(".", "")) * 100 + int(cents)',
        '        return int(found[1].split(".")[0]) * 100 + int(cents)',
        (named("unit/test_cells", "test_an_amount_is_read_as_dutch_people_write_it"),),
    ),
    Break(
        "P4",
        "of two facts about one row the last to arrive wins",
        "matching/state.py",
        '    return all_said.sort_values(order, kind="stable").drop_duplicates("key", keep="last")',
        '    return all_said.drop_duplicates("key", keep="last")',
        (ANY_BATCHES,),
    ),
    Break(
        "P4",
        "of two facts of one moment the last to arrive wins",
        "matching/state.py",
        '    order = ["key", "at", "gone", "data", "source"]',
        '    order = ["key", "at"]',
        (ANY_BATCHES,),
    ),
    Break(
        "P4",
        "the same id with other content is thrown away instead of kept apart",
        "store/log.py",
        '    " WHERE l.digest <> fact_digest(f.kind, f.subject, f.at, f.data)"',
        '    " WHERE l.digest <> l.digest"',
        (ANY_READERS,),
    ),
    Break(
        "P4",
        "a reader that lags behind forgets the State it had",
        "store/state.py",
        "        state = project(facts, state)\n    return state, max(position, head)",
        "        state = project(facts)\n    return state, max(position, head)",
        (ANY_READERS,),
    ),
    Break(
        "P4",
        "facts get their positions outside anybody's turn, so a slow one is skipped",
        "store/log.py",
        '    connection.execute(text(f"SELECT {TURN}"))',
        '    connection.execute(text("SELECT 1"))',
        (
            named(
                "integration/test_log", "test_a_reader_never_skips_a_fact_that_was_committed_late"
            ),
        ),
    ),
    Break(
        "P5",
        "an answer that is given again is refused",
        "store/life.py",
        "        return _answered(connection, proposal, state,"
        " after=expected_position, reason=reason)",
        "        raise Stale",
        (
            named(
                "integration/test_races",
                "test_the_same_answer_at_once_and_again_has_one_effect_and_one_result",
            ),
        ),
    ),
    Break(
        "P26",
        "what was put back is not compared with what the copy said",
        "store/backup/__init__.py",
        "            _compare(engine, manifest.tables)\n",
        "",
        (
            named(
                "integration/test_backup",
                "test_what_comes_back_otherwise_than_it_went_is_taken_away_again",
            ),
        ),
    ),
    Break(
        "P26",
        "the database is copied as it is a moment later than it was counted",
        "store/backup/dump.py",
        '    words += [f"--snapshot={snapshot}", ',
        "    words += [",
        (
            named(
                "integration/test_backup",
                "test_a_copy_made_while_others_write_comes_back_as_it_was_at_one_moment",
            ),
        ),
    ),
    Break(
        "P30",
        "the day of a night is that of a machine on UTC",
        "store/today.py",
        "    return (now or datetime.now(tz=UTC)).astimezone(ZoneInfo(ZONE)).date()",
        "    return (now or datetime.now(tz=UTC)).astimezone(UTC).date()",
        (named("integration/test_clock", "test_the_day_of_a_night_is_the_day_in_amsterdam"),),
    ),
    Break(
        "P30",
        "an answer is dated by a clock that was set back",
        "store/life.py",
        'max(now(connection), *(row["at"] + timedelta(microseconds=1) for row in rows))',
        "now(connection)",
        (
            named(
                "integration/test_clock",
                "test_an_answer_given_after_the_clock_was_set_back_is_the_last_word",
            ),
        ),
    ),
    Break(
        "Facts in",
        "the folder takes a file that is still being written",
        "pipelines/inbox.py",
        "        if (rest := (at - seen.since).total_seconds()) >= seconds\n",
        "        if (rest := (at - seen.since).total_seconds()) >= 0\n",
        (named("integration/test_watch", "test_a_file_that_still_changes_is_left_alone"),),
    ),
    Break(
        "Facts in",
        "the log can be emptied at one stroke (TRUNCATE)",
        FIRST_SCHEMA,
        "CREATE TRIGGER log_keeps_every_row BEFORE DELETE OR TRUNCATE ON log",
        "CREATE TRIGGER log_keeps_every_row BEFORE DELETE ON log",
        (named("integration/test_log", "test_the_log_refuses_to_be_changed"),),
    ),
    Break(
        "Facts out",
        "what we send is hashed, not signed with the secret",
        "pipelines/send.py",
        '    return f"v1={hmac.new(secret, signed, sha256).hexdigest()}"',
        '    return f"v1={sha256(signed).hexdigest()}"',
        (named("integration/test_send", "test_the_signature_is_over_id_timestamp_and_body"),),
    ),
    Break(
        "Facts out",
        "a later fact of a subject is told before an earlier one that still waits",
        "store/notices.py",
        "AND e.state = 'waiting' AND e.position < n.position)",
        "AND e.state = 'waiting' AND false)",
        (
            named(
                "integration/test_send",
                "test_subjects_are_told_in_order_and_do_not_wait_for_one_another",
            ),
        ),
    ),
    Break(
        "Privacy",
        "a log line may hold a household, by a field that nobody thought about",
        "pipelines/logs.py",
        '        *("facts", "count",',
        '        *("huishouden", "facts", "count",',
        (named("unit/test_logs", "test_nobodys_data_gets_into_a_log_line"),),
    ),
    Break(
        "P5",
        "another content under a known id is answered as if it were the same",
        "store/incoming.py",
        "new=written.pop(key, None) is not None, conflict=digest != _digest(fact)",
        "new=written.pop(key, None) is not None, conflict=False",
        (named("integration/test_gate", "test_the_same_id_with_other_content_is_kept_apart"),),
    ),
    Break(
        "Facts in",
        "a key speaks for any organisation",
        "store/incoming.py",
        "        if not machine.speaks_for(fact.source)\n",
        "        if False\n",
        (named("integration/test_gate_door", "test_a_key_speaks_for_its_organisation_only"),),
    ),
    Break(
        "Facts in",
        "a revoked key opens the door",
        "store/machines.py",
        "            c.hash == hash_, c.revoked.is_(None)\n",
        "            c.hash == hash_\n",
        (named("integration/test_gate_door", "test_a_revoked_key_opens_nothing_from_then_on"),),
    ),
)
