"""Breaks in what the desk promises: its calls, its pages, what leaves it, and what it keeps."""

from tests.sabotage.breaks import Break, named

FILLED_IN = named("desk/test_deciding", "test_a_form_that_is_not_filled_in_well_says_what_to_do")
_KEPT = 'about="decline", subject=proposal, said=said)\n'

BREAKS = (
    Break(
        "P5",
        "a key of one user gives another the first one's answer",
        "store/repeated.py",
        "            c.who == call.who,\n",
        "",
        (named("desk/test_repeated", "test_a_key_is_of_one_user_and_one_route"),),
    ),
    Break(
        "P5",
        "nobody looks whether the same call is underway",
        "store/repeated.py",
        '    if not connection.execute(_HOLD, {"what": _name(call)}).scalar_one():\n'
        "        raise InFlight\n",
        "",
        (
            named(
                "desk/test_repeated",
                "test_the_same_call_at_once_is_told_that_the_first_is_underway",
            ),
        ),
    ),
    Break(
        "P12",
        "a form decides on whatever the proposal has become",
        "desk/deciding.py",
        "        seen = _position(stand)\n",
        '        seen = life.find(connection, proposal)["position"]\n',
        (
            named(
                "desk/test_deciding",
                "test_who_decides_on_an_old_state_hears_so_and_sees_the_new_one",
            ),
        ),
    ),
    Break(
        "P13",
        "who asks why not hears which household got the home",
        "matching/explain.py",
        '        return [Reason("ging_naar_een_ander", None, 0, sentence, OURS)]',
        "        took = next(m.household for m in chain.moves if m.to == dwelling)\n"
        '        return [Reason("ging_naar_een_ander", None, 0, f"{sentence} {took}", OURS)]',
        (
            named(
                "unit/test_explain",
                "test_a_home_that_went_to_another_names_the_chain_and_not_the_household",
            ),
        ),
    ),
    Break(
        "P13",
        "the first preference is not read aloud",
        "matching/explain.py",
        "    return sorted(told, key=lambda reason: -abs(reason.points))",
        "    return sorted(told, key=lambda reason: -abs(reason.points))[1:]",
        (named("unit/test_explain", "test_the_points_that_are_read_aloud_add_up_to_the_gain"),),
    ),
    Break(
        "P15",
        "a steward reads what a household needs",
        "desk/api/households.py",
        "nodig=_needs(row) if its_coach else None",
        "nodig=_needs(row)",
        (named("desk/test_api", "test_each_role_gets_the_fields_it_may_and_no_others"),),
    ),
    Break(
        "P15",
        "a coach reads every household of the corporation, without breaking any glass",
        "desk/reading/whose.py",
        '{"corporation": viewer.corporation, "coach": viewer.coach}',
        '{"corporation": viewer.corporation}',
        (
            named(
                "desk/test_proposal",
                "test_the_same_answer_for_unknown_for_another_corporation_and_for_a_colleague",
            ),
        ),
    ),
    Break(
        "P16",
        "when the line cannot be written, names are shown all the same",
        "store/access.py",
        "        raise NotWritten from error",
        "        connection.rollback()",
        (named("desk/test_access", "test_when_the_line_cannot_be_written_nobody_sees_a_name"),),
    ),
    Break(
        "P16",
        "the API shows a household without a line",
        "desk/api/sight.py",
        "        looked(connection, look, what, [household])",
        "        assert connection, (look, what)",
        (named("desk/test_api", "test_each_look_at_a_household_leaves_a_line"),),
    ),
    Break(
        "P17",
        "a line that was put in among sealed ones is not looked for",
        "store/audit.py",
        "*_slipped_in(connection), ",
        "",
        (named("desk/test_audit", "test_a_line_put_in_between_is_seen"),),
    ),
    Break(
        "P19",
        "another site may post to the desk",
        "desk/doorway.py",
        "        if method not in SAFE and not from_ourselves(headers):\n",
        "        if method not in SAFE and not headers:\n",
        (named("desk/test_doorway", "test_no_other_site_can_make_somebody_act"),),
    ),
    Break(
        "P19",
        "what was delivered or typed is written into pages as it is",
        "desk/views.py",
        "        autoescape=True,\n",
        "        autoescape=False,\n",
        (named("desk/test_injection", "test_what_was_delivered_is_text_on_every_page"),),
    ),
    Break(
        "P19",
        "a template writes without escaping",
        "desk/templates/morning.html",
        "{{ row.dwelling }}",
        "{{ row.dwelling | safe }}",
        (named("desk/test_face", "test_no_template_writes_unescaped_or_holds_script_or_style"),),
    ),
    Break(
        "P19",
        "pages may be kept by whatever stands in between",
        "desk/doorway.py",
        '            headers["Cache-Control"] = "no-store"',
        '            headers["Cache-Control"] = "private"',
        (
            named(
                "desk/test_doorway",
                "test_an_error_is_told_in_dutch_with_every_header_and_without_its_words",
            ),
        ),
    ),
    Break(
        "P20",
        "a text that begins with = is a formula in the workbook",
        "desk/paper/sheet.py",
        "        page.write_string(*at, cell[:LONGEST], look.plain)",
        "        write = page.write_formula if cell[:1] == '=' else page.write_string\n"
        "        write(*at, cell[:LONGEST], look.plain)",
        (named("desk/test_export_safety", "test_no_cell_of_a_workbook_is_a_formula_or_a_link"),),
    ),
    Break(
        "P20",
        "a full-width = is not marked in a CSV",
        "data_contracts/formulas.py",
        "\\r\\n\\uff1d\\uff0b",
        "\\r\\n\\uff0b",
        (named("desk/test_export_safety", "test_no_cell_of_a_csv_begins_like_a_formula"),),
    ),
    Break(
        "P21",
        "a file is read with as much memory as it asks for",
        "pipelines/apart_reader.py",
        "    _lower(resource.RLIMIT_AS, has + room)\n",
        "    assert has + room\n",
        (named("integration/test_apart", "test_whatever_fells_the_reader_fells_only_the_reader"),),
    ),
    Break(
        "P22",
        "a number that the database cannot hold is asked of it",
        "desk/api/cursors.py",
        " or int(number) > LARGEST",
        "",
        (named("desk/test_api_refused", "test_what_is_asked_wrongly_is_pointed_at"),),
    ),
    Break(
        "P22",
        "a field nobody knows is passed over in silence",
        "desk/api/models.py",
        'extra="forbid"',
        'extra="ignore"',
        (
            named(
                "desk/test_api_refused",
                "test_all_mistakes_are_told_together_and_nothing_is_repeated",
            ),
        ),
    ),
    Break(
        "P22",
        "the API answers as often as a key asks",
        "desk/api/limited.py",
        "            if purse.empty:\n",
        "            if purse.empty is None:\n",
        (named("desk/test_rate", "test_who_calls_too_often_hears_when_to_come_back"),),
    ),
    Break(
        "P22",
        "every process of the desk counts calls for itself",
        "store/rates.py",
        " ON CONFLICT (who, minute) DO UPDATE SET calls = u.calls + excluded.calls",
        " ON CONFLICT (who, minute) DO UPDATE SET calls = excluded.calls",
        (named("desk/test_rate", "test_two_processes_count_together"),),
    ),
    Break(
        "P23",
        "whoever listens along may send us elsewhere (a redirect)",
        "pipelines/send.py",
        "follow_redirects=False",
        "follow_redirects=True",
        (named("integration/test_send", "test_a_redirect_is_not_followed"),),
    ),
    Break(
        "P23",
        "an issuer of accounts is asked without TLS, wherever it says it is",
        "desk/oidc.py",
        '    return parts.scheme == "https" or parts.hostname in',
        '    return parts.scheme != "" or parts.hostname in',
        (named("desk/test_oidc", "test_an_issuer_that_says_it_is_another_is_not_believed"),),
    ),
    Break(
        "P24",
        "a sealed value opens in any other place of the database (no AAD)",
        "store/sealed_cells.py",
        "        parts = (self.corporation, self.table, self.column, self.row)",
        "        parts = (self.table, self.column)",
        (
            named(
                "desk/test_quarantine",
                "test_what_was_moved_to_another_row_or_corporation_does_not_open",
            ),
        ),
    ),
    Break(
        "P24",
        "a number that may be a BSN is kept",
        "store/words.py",
        "    if holds_bsn(text):",
        "    if holds_bsn(text[:0]):",
        (FILLED_IN,),
    ),
    Break(
        "P24",
        "what was written in own words becomes part of the answer that is remembered",
        "desk/deciding.py",
        _KEPT + '        return f"/voorstellen/{proposal}"',
        _KEPT + '        return f"/voorstellen/{proposal}#{said}"',
        (
            named(
                "desk/test_deciding",
                "test_declining_for_another_reason_keeps_its_words_apart_from_every_fact",
            ),
        ),
    ),
    Break(
        "P26",
        "rows that are hidden from whoever copies are left out in silence",
        "store/backup/digests.py",
        '    "SET LOCAL row_security = off",',
        '    "SET LOCAL row_security = on",',
        (
            named(
                "integration/test_backup", "test_rows_that_are_hidden_from_us_make_no_silent_copy"
            ),
        ),
    ),
)
