"""Breaks in how plans are made, judged, published and carried out."""

from tests.sabotage.breaks import LINTER, Break, named

ANY_BATCHES = named(
    "property/test_facts_in_any_order",
    "test_facts_in_any_order_half_of_them_twice_in_any_batches_give_the_same_state",
)
MUTANTS = named("property/test_mutants", "test_every_mutant_falls_on_the_rule_it_breaks")
ANEW = named(
    "property/test_rematch_laws",
    "test_who_takes_a_plan_up_anew_knows_as_well_how_good_it_is_as_who_kept_it_warm",
)

BREAKS = (
    Break(
        "P6",
        "the fence is not checked inside the publication",
        "store/plans.py",
        '            " SELECT :region, :plan, :fence FROM held WHERE held.fence = :fence"',
        '            " SELECT :region, :plan, :fence FROM held"',
        (
            named("integration/test_lease", "test_a_night_that_lost_its_lease_does_not_publish"),
            named(
                "integration/test_lease",
                "test_a_zombie_does_not_replace_what_its_successor_published",
            ),
        ),
    ),
    Break(
        "P7",
        "a plan is offered before it is judged",
        "pipelines/steps.py",
        '    ("keuring", verify_step),\n    ("aanbieden", offer_step),\n',
        '    ("aanbieden", offer_step),\n    ("keuring", verify_step),\n',
        (named("integration/test_night", "test_a_plan_the_judge_rejects_is_not_offered"),),
    ),
    Break(
        "P7",
        "a solver that found nothing in time passes for an empty plan",
        "matching/verify/__init__.py",
        "            *nothing.truly_nothing(plan, conditions, options, openings),\n",
        "",
        (MUTANTS,),
    ),
    Break(
        "P8",
        "the judge forgets the income rule",
        "matching/verify/law.py",
        "    passend_toewijzen,\n    daeb_inkomen,\n",
        "    passend_toewijzen,\n",
        (MUTANTS,),
    ),
    Break(
        "P8",
        "the judge lets a rent be a cent over the limit",
        "matching/verify/law.py",
        "    if limit is not None and rent <= limit:",
        "    if limit is not None and rent <= limit + 1:",
        (MUTANTS,),
    ),
    Break(
        "P8",
        "the judge lets a consent be a day too old",
        "matching/verify/law.py",
        "    return _yes_if(given >= oldest)",
        "    return _yes_if(given >= oldest - timedelta(days=1))",
        (MUTANTS,),
    ),
    Break(
        "P8",
        "the judge does not look whether a chain links up",
        "matching/verify/structure.py",
        "        if before.leaves is None or before.leaves != after.to:",
        "        if before.leaves is None:",
        (MUTANTS,),
    ),
    Break(
        "P8",
        "the judge imports what it judges",
        "matching/verify/receipt.py",
        "from matching.verify import fair\n",
        "from matching.chains import link  # noqa: F401\nfrom matching.verify import fair\n",
        (LINTER,),
    ),
    Break(
        "P8",
        "the judge lets a claimed bound be a point under what the multipliers prove",
        "matching/verify/receipt.py",
        "    elif claimed < proved:",
        "    elif claimed < proved - 1:",
        (MUTANTS,),
    ),
    Break(
        "P10",
        "the lot is drawn by chance, not by the public seed",
        "matching/optimise/market.py",
        "    draw = hashlib.sha256\n",
        '    draw, seed = hashlib.sha256, __import__("random").random()\n',
        (
            named(
                "property/test_determinism",
                "test_the_order_of_the_rows_does_not_matter_to_a_small_world",
            ),
        ),
    ),
    Break(
        "P10",
        "options are numbered in the order of the rows",
        "matching/optimise/market.py",
        "    order = np.lexsort((frees[kept], lot))\n",
        "    order = np.arange(len(lot))\n",
        (
            named(
                "property/test_determinism",
                "test_the_order_of_the_rows_does_not_matter_to_a_small_world",
            ),
        ),
    ),
    Break(
        "P10",
        "the State keeps its rows in the order in which they came",
        "matching/state.py",
        "return pd.concat([table, rows]).take(order)",
        "return pd.concat([table[stays], rows])",
        (ANY_BATCHES,),
    ),
    Break(
        "P10",
        "a plan is made again from facts that came after it too",
        "pipelines/replay.py",
        "*log.read(connection, up_to=position)]",
        "*log.read(connection)]",
        (named("integration/test_replay", "test_a_published_plan_is_made_again_byte_for_byte"),),
    ),
    Break(
        "P11",
        "who lives behind the front of a chain signs first",
        "matching/carry_out/steps.py",
        "    return WAITS if signed else SIGNS_LATER",
        "    return None",
        (named("integration/test_carry_out", "test_signatures_go_from_front_to_back"),),
    ),
    Break(
        "P11",
        "a household moves into a home that is still lived in",
        "matching/carry_out/steps.py",
        "    if len(ring) == 1 and living.in_home_of(link):",
        "    if len(ring) == 1 and not living.in_home_of(link):",
        (named("integration/test_carry_out", "test_signatures_go_from_front_to_back"),),
    ),
    Break(
        "P12",
        "accepting does not look at the version of the proposal",
        "store/life.py",
        '    if row["position"] != expected_position:',
        "    if False:",
        (
            named(
                "integration/test_races",
                "test_of_two_different_answers_at_once_one_counts_and_the_other_hears_why",
            ),
        ),
    ),
    Break(
        "Re-match",
        "a plan that was changed is offered without the judge",
        "pipelines/on_event.py",
        "        self._judged(after, clock)\n",
        "",
        (named("integration/test_on_event", "test_a_plan_the_judge_refuses_is_not_offered"),),
    ),
    Break(
        "Re-match",
        "a proposal does not carry the facts that changed it",
        "pipelines/on_event.py",
        "                because=causes(before, plan, named_in(facts)),",
        "                because={},",
        (
            named(
                "integration/test_on_event",
                "test_a_decline_keeps_the_front_of_its_chain_and_carries_its_cause",
            ),
        ),
    ),
    Break(
        "Re-match",
        "who takes a plan up anew keeps the hole in its bound that an event made",
        "matching/rematch.py",
        "    return repriced(after, local_prices(after, near))",
        "    return after",
        (ANEW,),
    ),
    Break(
        "Re-match",
        "who takes a plan up anew forgets what it was the first to propose",
        "matching/rematch.py",
        "chains), plan, shown)",
        "chains), plan, frozenset())",
        (ANEW,),
    ),
    Break(
        "Re-match",
        "a home that changed is not looked at again",
        "matching/candidates/anew.py",
        "    again |= _suited(state, market, arriving, rules, policy, network)\n",
        "",
        (
            named(
                "property/test_rematch_laws",
                "test_after_any_facts_the_plan_is_one_of_the_facts_as_they_are",
            ),
        ),
    ),
)
