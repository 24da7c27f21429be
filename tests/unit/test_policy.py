"""The corporation's choices: a documented default, a file over it, and no silent typing errors."""

import pytest

from data_contracts.policy import BadPolicy, policy_from


def test_the_default_policy_reads_and_says_the_rollator_distance():
    assert policy_from().rollator_distance == 500


def test_what_a_corporation_leaves_out_keeps_the_default(tmp_path):
    own = tmp_path / "beleid.yaml"
    own.write_text("longest_chain: 3\nweights: {outdoor: 99}\n", "utf-8")

    policy = policy_from(own)

    assert (policy.longest_chain, policy.weights.outdoor) == (3, 99)
    assert policy.weights.tie_minute == policy_from().weights.tie_minute


def test_a_typing_error_in_a_policy_is_named():
    with pytest.raises(BadPolicy, match="longest_chian"):
        policy_from(longest_chian=3)


def test_a_policy_that_is_no_yaml_says_so_in_one_sentence(tmp_path):
    broken = tmp_path / "beleid.yaml"
    broken.write_text("a: [", "utf-8")

    with pytest.raises(BadPolicy, match="niet te lezen"):
        policy_from(broken)


def test_two_equal_policies_have_one_hash_and_a_choice_changes_it():
    assert policy_from().hash == policy_from().hash
    assert policy_from().hash != policy_from(longest_chain=2).hash
