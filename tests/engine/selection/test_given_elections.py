"""Elections that others counted. Used where they lie: their licence or size keeps them out of the repository."""

import pytest

from benchmarks.selection import DATA, check_given, check_real, read_pabulib

INSTANCES = DATA / "abc" / "abcvoting_instances.json"
ASSEN = DATA / "pabulib" / "Netherlands_Assen_2024.pb"
EMPLOYEES = DATA / "pabulib" / "US_Stanford_Dataset_PB_Adler_2021_Employees_vote_knapsacks.pb"


@pytest.mark.skipif(not INSTANCES.exists(), reason="the 240 elections of abcvoting are not beside the repository")
def test_every_tied_winning_set_of_every_given_election_is_found():
    for rule in check_given(INSTANCES):
        assert (rule.rule, rule.wrong, rule.right) == (rule.rule, [], 240)


@pytest.mark.skipif(not ASSEN.exists(), reason="the elections of Pabulib are not beside the repository")
def test_assen_gets_its_official_winners_with_its_real_costs():
    assen = check_real(ASSEN)

    assert (assen.official, assen.official_right, assen.same_as_official) == (9, 9, True)
    assert assen.certificate_holds


@pytest.mark.skipif(not EMPLOYEES.exists(), reason="the elections of Pabulib are not beside the repository")
def test_fewer_employees_go_without_than_by_plain_count():
    employees = check_real(EMPLOYEES)

    assert employees.by_shares == 7
    assert employees.none_majority == pytest.approx(0.106, abs=0.001)
    assert employees.none_shares == pytest.approx(0.087, abs=0.001)


def test_a_file_with_points_decimals_and_empty_ballots_is_read(tmp_path):
    path = tmp_path / "small.pb"
    path.write_text(
        "META\nkey;value\nbudget;10.5\nrule;greedy\nvote_type;cumulative\n"
        "PROJECTS\nproject_id;cost;name;selected\nA;2.25;One;1\nB;3;Two;0\n"
        "VOTES\nvoter_id;vote;points\n1;A,B;4,1\n2;;\n3;B;5\n",
        encoding="utf-8",
    )

    election = read_pabulib(path)

    assert (election.costs, election.budget, election.step) == ([9, 12], 42, 4)
    assert election.approvals == [{0, 1}, set(), {1}]
    assert election.official == ["A"]
