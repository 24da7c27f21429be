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
    from matching.criteria.pairs import Column, Mask, Numbers, Pairs

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
    above_target = _above(pairs.of_home("target_rent"), pairs, rules)
    above_paid = _above(paid_rent(pairs, policy), pairs, rules)
    surely, perhaps = above_target & above_paid, above_target | above_paid
    if policy.toetshuur is not None:
        tested = above_target if policy.toetshuur == "streefhuur" else above_paid
        surely, perhaps = tested, tested
    exempt = ~pairs.is_home("daeb") | _beyond_daeb_rent(pairs, rules)
    unsure = ~_tested(pairs, rules)
    low = ~unsure & _is_class(pairs, IncomeClass.PASSEND)
    asked_54a = (pairs.seekers.flags("aow") & pairs.seekers.flags("exception_54a"))[pairs.seeker]
    sure = _figures_known(pairs, rules) & low & ~asked_54a
    no = surely & sure & ~exempt
    return verdicts(no=no, ask=perhaps & (low | unsure) & ~exempt)


def aftoppingsgrens(pairs: Pairs, rules: Rules) -> Numbers:
    """Give the aftoppingsgrens of each pair's household in eurocents; -1 when not confirmed."""
    low = _value(rules, "passend_toewijzen", "aftoppingsgrens_laag")
    high = _value(rules, "passend_toewijzen", "aftoppingsgrens_hoog")
    few = pairs.of_seeker("persons") <= LOW_LIMIT_PERSONS
    return np.where(few, low, high).astype(np.int32)


def daeb_inkomen(pairs: Pairs, rules: Rules, _policy: Policy) -> Column:
    """A DAEB home goes to an income up to the DAEB limit; not tested this year asks.

    The free allocation space is a norm over the year and therefore no yes here.
    """
    daeb = pairs.is_home("daeb")
    tested = _tested(pairs, rules)
    above = _is_class(pairs, IncomeClass.BOVEN)
    return verdicts(no=daeb & tested & above, ask=daeb & ~tested)


def _above(rent: Numbers, pairs: Pairs, rules: Rules) -> Mask:
    limit = aftoppingsgrens(pairs, rules)
    above: Mask = rent > np.where(limit == _UNKNOWN, -UNLIMITED, limit)
    return above


def _beyond_daeb_rent(pairs: Pairs, rules: Rules) -> Mask:
    limit = _value(rules, "daeb", "huurgrens")
    beyond: Mask = pairs.of_home("target_rent") > limit
    beyond &= limit != _UNKNOWN
    return beyond


def _figures_known(pairs: Pairs, rules: Rules) -> Mask:
    """Whether every limit that this household's outcome rests on is confirmed."""
    known = np.array(
        [
            [_value(rules, "passend_toewijzen", f"inkomensgrens_{size}{aow}") >= 0 for aow in _AOW]
            for size in ("eenpersoons", "meerpersoons")
        ]
    )
    several = pairs.seekers.numbers("persons", missing=1) > 1
    income: Mask = known[several.astype(int), pairs.seekers.flags("aow").astype(int)][pairs.seeker]
    rent: Mask = aftoppingsgrens(pairs, rules) != _UNKNOWN
    return income & rent & (_value(rules, "daeb", "huurgrens") != _UNKNOWN)


def _tested(pairs: Pairs, rules: Rules) -> Mask:
    year = pairs.seekers.numbers("income_year", missing=0)
    this_year: Mask = year == rules.year
    return this_year[pairs.seeker] & ~_is_class(pairs, IncomeClass.ONBEKEND)


def _is_class(pairs: Pairs, income: IncomeClass) -> Mask:
    codes = pairs.seekers.codes("income", IncomeClass)[pairs.seeker]
    is_class: Mask = codes == list(IncomeClass).index(income)
    return is_class


def _value(rules: Rules, section: str, name: str) -> int:
    value = rules.value(section, name)
    return _UNKNOWN if value is None else value
