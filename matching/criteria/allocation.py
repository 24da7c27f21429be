"""The allocation law: passend toewijzen and the DAEB income limit. Figures come from Rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from data_contracts.words import IncomeClass
from matching.criteria.pairs import UNLIMITED, verdicts
from matching.criteria.rent import paid_rent

if TYPE_CHECKING:
    from data_contracts.policy import Policy
    from data_contracts.rules import Rules
    from matching.criteria.pairs import Column, Mask, Numbers, Pairs, Side

LOW_LIMIT_PERSONS = 2
"""Up to so many persons the low aftoppingsgrens holds, above it the high one."""
_UNKNOWN = -1
_AOW = ("", "_aow")


def passend_toewijzen(pairs: Pairs, rules: Rules, policy: Policy) -> Column:
    """A low income gets a home with a rent up to the aftoppingsgrens of its household.

    Only for DAEB homes with a rent up to the DAEB limit. Above the aftoppingsgrens: no for a low
    income, or ask when an AOW household itself asked for the exception of BTIV art. 54a; ask when
    the income was not tested this year, or a figure of the year is not confirmed. With rent
    retention the policy's `toetshuur` says which rent is tested; when it does not, and the two
    differ in outcome, ask. Source: Woningwet art. 46 lid 2, BTIV art. 54-56.
    """
    limit = _limits(pairs.seekers, rules)
    known = limit != _UNKNOWN
    most = np.where(known, limit, -UNLIMITED)[pairs.seeker]
    above_target, above_paid = pairs.of_home("target_rent") > most, paid_rent(pairs, policy) > most
    surely, perhaps = above_target & above_paid, above_target | above_paid
    if policy.toetshuur is not None:
        tested = above_target if policy.toetshuur == "streefhuur" else above_paid
        surely, perhaps = tested, tested
    seekers, falls_under = pairs.seekers, _falls_under(pairs.homes, rules)[pairs.home]
    unsure = ~_tested(seekers, rules)
    low = ~unsure & _is_class(seekers, IncomeClass.PASSEND)
    asked_54a = seekers.flags("aow") & seekers.flags("exception_54a")
    sure = known & _figures_known(seekers, rules) & low & ~asked_54a
    no = surely & sure[pairs.seeker] & falls_under
    return verdicts(no=no, ask=perhaps & (low | unsure)[pairs.seeker] & falls_under)


def aftoppingsgrens(pairs: Pairs, rules: Rules) -> Numbers:
    """Give the aftoppingsgrens of each pair's household in eurocents; -1 when not confirmed."""
    return _limits(pairs.seekers, rules)[pairs.seeker]


def _limits(seekers: Side, rules: Rules) -> Numbers:
    low = _value(rules, "passend_toewijzen", "aftoppingsgrens_laag")
    high = _value(rules, "passend_toewijzen", "aftoppingsgrens_hoog")
    few = seekers.numbers("persons", missing=-1) <= LOW_LIMIT_PERSONS
    return np.where(few, low, high).astype(np.int32)


def daeb_inkomen(pairs: Pairs, rules: Rules, _policy: Policy) -> Column:
    """A DAEB home goes to an income up to the DAEB limit; not tested this year asks.

    The free allocation space is a norm over the year and therefore no yes here.
    """
    daeb = pairs.is_home("daeb")
    tested = _tested(pairs.seekers, rules)
    above = tested & _is_class(pairs.seekers, IncomeClass.BOVEN)
    return verdicts(no=daeb & above[pairs.seeker], ask=daeb & ~tested[pairs.seeker])


def _falls_under(homes: Side, rules: Rules) -> Mask:
    """Which homes passend toewijzen is about: DAEB, with a rent up to the DAEB limit."""
    limit = _value(rules, "daeb", "huurgrens")
    within = homes.numbers("target_rent", missing=-1) <= limit
    return homes.flags("daeb") & (within | (limit == _UNKNOWN))


def _figures_known(seekers: Side, rules: Rules) -> Mask:
    """Whether the limits of income and of DAEB that the outcome rests on are confirmed."""
    known = np.array(
        [
            [_value(rules, "passend_toewijzen", f"inkomensgrens_{size}{aow}") >= 0 for aow in _AOW]
            for size in ("eenpersoons", "meerpersoons")
        ]
    )
    several = seekers.numbers("persons", missing=1) > 1
    income: Mask = known[several.astype(int), seekers.flags("aow").astype(int)]
    return income & (_value(rules, "daeb", "huurgrens") != _UNKNOWN)


def _tested(seekers: Side, rules: Rules) -> Mask:
    this_year: Mask = seekers.numbers("income_year", missing=0) == rules.year
    return this_year & ~_is_class(seekers, IncomeClass.ONBEKEND)


def _is_class(seekers: Side, income: IncomeClass) -> Mask:
    is_class: Mask = seekers.codes("income", IncomeClass) == list(IncomeClass).index(income)
    return is_class


def _value(rules: Rules, section: str, name: str) -> int:
    value = rules.value(section, name)
    return _UNKNOWN if value is None else value
