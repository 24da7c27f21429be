"""Breaks in how a region is rolled through time, and in what its runs say together."""

from tests.sabotage.breaks import Break, named

PROMISE = "What if"

BREAKS = (
    Break(
        PROMISE,
        "a home that a move frees is not counted as a link of its chain",
        "matching/simulate/ledger.py",
        "chain.vacancies += 1\n            chain.open += 1\n            self.vacant[freed] =",
        "chain.open += 1\n            self.vacant[freed] =",
        (
            named(
                "property/test_simulate",
                "test_in_every_chain_what_came_free_is_what_was_entered_or_stands_open",
            ),
        ),
    ),
    Break(
        PROMISE,
        "every replication meets the same fate",
        "matching/simulate/draws.py",
        "salt = np.array([self.seed, self.replication, ",
        "salt = np.array([self.seed, 0, ",
        (named("property/test_simulate", "test_another_replication_is_another_fate"),),
    ),
    Break(
        PROMISE,
        "what happens depends on the order in which rows were delivered",
        "matching/simulate/roll.py",
        "{name: rows.sort_index() for name, rows in world.state.tables.items()}",
        "dict(world.state.tables)",
        (
            named(
                "property/test_simulate",
                "test_the_order_of_the_rows_of_a_world_does_not_matter",
            ),
        ),
    ),
    Break(
        PROMISE,
        "who moves keeps the home that was left",
        "matching/simulate/moving.py",
        '    news.drop("tenancies", tenancies.index[among(tenancies["household"], movers)])\n',
        "",
        (
            named(
                "property/test_simulate",
                "test_nobody_is_housed_twice_and_no_home_is_let_twice",
            ),
        ),
    ),
    Break(
        PROMISE,
        "an interval is called 95 % and is 90 %",
        "matching/simulate/interval.py",
        "INSIDE = 0.975",
        "INSIDE = 0.95",
        (
            named(
                "unit/test_simulate_coverage",
                "test_the_interval_of_a_mean_covers_the_truth_in_95_of_100_experiments",
            ),
        ),
    ),
    Break(
        PROMISE,
        "two households that become one leave one home instead of two",
        "matching/simulate/portal.py",
        "    return int(mean) + (chance >= 1 - mean % 1)\n",
        "    return min(int(mean) + (chance >= 1 - mean % 1), 1)\n",
        (
            named(
                "unit/test_simulate_truths",
                "test_fed_with_the_first_steps_of_cbs_as_many_homes_come_free_as_cbs_counted",
            ),
        ),
    ),
    Break(
        PROMISE,
        "a few people are told year by year",
        "matching/simulate/few.py",
        'lowest = every.groupby(CELL, as_index=False)["mean"].min()',
        'lowest = every.groupby(CELL, as_index=False)["mean"].max()',
        (
            named(
                "unit/test_summary_few",
                "test_a_flow_that_is_small_in_any_year_is_told_over_all_years_only",
            ),
        ),
    ),
    Break(
        PROMISE,
        "a few people are told under another name",
        "matching/simulate/few.py",
        '    (("moves", f"kind:{STARTER}"), ("moves_starters", WHOLE)),\n',
        "",
        (
            named(
                "unit/test_summary_few",
                "test_one_number_under_two_names_is_hidden_under_both",
            ),
        ),
    ),
    Break(
        PROMISE,
        "a percentage tells how few are let a home outside a norm",
        "matching/simulate/figures.py",
        "table[names].mask(where, table[names].round())",
        "table[names].mask(where, table[names])",
        (
            named(
                "unit/test_summary_few",
                "test_where_few_are_let_a_home_outside_a_norm_it_is_told_in_whole_percents",
            ),
        ),
    ),
    Break(
        PROMISE,
        "a scenario is compared with doing nothing under another fate",
        "matching/simulate/interval.py",
        "else ours - theirs)",
        "else ours - theirs.iloc[:, ::-1].to_numpy())",
        (named("unit/test_summary", "test_differences_are_taken_pair_by_pair"),),
    ),
)
