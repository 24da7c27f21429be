"""Breaks in who may come in, and who may see what."""

from tests.sabotage.breaks import Break, named

ANOTHERS = named("desk/test_routes", "test_what_is_anothers_is_as_what_is_not_there")

BREAKS = (
    Break(
        "P14",
        "the corporation is set for the session, so that the next caller on the connection has it",
        "store/tenants.py",
        "set_config('vk.corp', :corporation, true)",
        "set_config('vk.corp', :corporation, false)",
        (named("desk/test_tenants", "test_the_next_one_on_a_connection_starts_afresh"),),
    ),
    Break(
        "P14",
        "row-level security is not forced: the owner of a table passes by",
        "store/tenants.py",
        "ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
        "ENABLE ROW LEVEL SECURITY",
        (named("desk/test_routes", "test_the_database_fences_every_table_with_a_corporation"),),
    ),
    Break(
        "P14",
        "pages read as the owner of the tables",
        "store/tenants.py",
        "set_config('role', :role, true)",
        "set_config('vk.role', :role, true)",
        (ANOTHERS,),
    ),
    Break(
        "P14",
        "who says no corporation sees all of them",
        "store/tenants.py",
        "nullif(current_setting('vk.corp', true), '')",
        "coalesce(nullif(current_setting('vk.corp', true), ''), corporation)",
        (
            named(
                "desk/test_tenants",
                "test_without_saying_which_corporation_there_is_nothing_to_see",
            ),
        ),
    ),
    Break(
        "P14",
        "a row may point at another corporation's account: its foreign key names no corporation",
        "store/tables/personal_key.py",
        '        ["corporation", "account"],\n        ["account.corporation", "account.id"],\n',
        '        ["account"],\n        ["account.id"],\n',
        (
            named(
                "desk/test_tenants",
                "test_who_points_at_a_row_of_a_corporation_names_the_corporation_too",
            ),
        ),
    ),
    Break(
        "P14",
        "an administrator finds the users of every corporation",
        "store/users.py",
        "select(*SEEN).where(account.c.corporation == corporation, account.c.id == name)",
        "select(*SEEN).where(account.c.id == name)",
        (named("desk/test_users", "test_another_corporations_users_are_not_there"),),
    ),
    Break(
        "P16",
        "names are read without a line that says so",
        "store/people.py",
        "    note(connection, look, table.name, _seen(rows, look))\n",
        "",
        (named("desk/test_access", "test_a_look_is_a_line_with_who_why_and_whom"),),
    ),
    Break(
        "P16",
        "name, telephone and address beside a proposal are read without a line",
        "store/people.py",
        'note_all(connection, look, {"person": _seen(who, look), "address": _seen(where, look)})',
        "assert note_all, look",
        (
            named(
                "desk/test_proposal",
                "test_the_page_shows_name_and_phone_with_a_line_of_access",
            ),
        ),
    ),
    Break(
        "P17",
        "the seals may be thrown away all at once",
        "store/migrations/versions/0003_the_desk.py",
        "seal_keeps_every_row BEFORE UPDATE OR DELETE OR TRUNCATE",
        "seal_keeps_every_row BEFORE UPDATE OR DELETE",
        (named("desk/test_audit", "test_a_log_only_grows"),),
    ),
    Break(
        "P17",
        "a chain that was made anew passes for the old one",
        "store/audit.py",
        "        if link.hash != anchor.hash:",
        "        if False:",
        (named("desk/test_audit", "test_a_chain_that_was_made_anew_has_another_head"),),
    ),
    Break(
        "P18",
        "however often somebody guesses, every guess is weighed",
        "store/tries.py",
        "    if over <= 0:",
        "    if over <= over:",
        (named("desk/test_guessing", "test_ten_thousand_guesses_hardly_reach_the_hash"),),
    ),
    Break(
        "P18",
        "a name that does not exist is answered without a hash",
        "desk/door.py",
        "found[1] if found else None) or found is None",
        "found[1]) if found else True",
        (named("desk/test_guessing", "test_an_unknown_name_costs_a_hash_too"),),
    ),
    Break(
        "P18",
        "a code of the telephone serves twice",
        "store/users.py",
        "account.c.factor_step < step",
        "account.c.factor_step <= step",
        (
            named(
                "desk/test_sign_in", "test_the_code_of_the_telephone_is_asked_for_and_serves_once"
            ),
        ),
    ),
    Break(
        "P18",
        "who only gave a password is in",
        "desk/sessions.py",
        'found.stage == "whole"',
        "found.stage",
        (
            named(
                "desk/test_sign_in",
                "test_the_code_of_the_telephone_is_asked_for_and_serves_once",
            ),
        ),
    ),
    Break(
        "P18",
        "who signs out keeps a cookie that counts",
        "store/sessions.py",
        "    connection.execute(delete(session).where(session.c.hash == hash_of(token)))\n",
        "    return\n",
        (named("desk/test_sign_in", "test_out_is_out_for_every_copy_of_the_cookie"),),
    ),
    Break(
        "P18",
        "a sign-in at the issuer that another browser began is taken",
        "desk/oidc.py",
        'or not hmac.compare_digest(kept["cookie"], _sealed(returned.cookie))',
        "",
        (named("desk/test_oidc", "test_what_was_begun_serves_once_and_only_here"),),
    ),
    Break(
        "P18",
        "an id token of another sign-in is taken",
        "desk/oidc.py",
        '"nonce": {"essential": True, "value": nonce},',
        '"nonce": {"essential": True},',
        (named("desk/test_oidc", "test_a_token_that_is_not_right_lets_nobody_in"),),
    ),
    Break(
        "P18",
        "the token of halfway in counts on after the second step",
        "desk/door.py",
        "    sessions.end(connection, token)\n    again",
        "    again",
        (
            named(
                "desk/test_sign_in", "test_the_code_of_the_telephone_is_asked_for_and_serves_once"
            ),
        ),
    ),
)
