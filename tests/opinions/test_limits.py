"""Limits that stop machines and no workplace."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from allting.opinions import limits, networks
from allting.opinions.errors import TooFast, TooManyAnswersToday, TooManyNewDevices
from allting.record.models import Actor
from tests.make.processes import NOW

DAY = date(2027, 2, 10)


def test_twenty_answers_at_once_are_fine_and_the_next_waits_its_turn() -> None:
    actor = Actor(pk=1)
    for _answer in range(20):
        limits.check_answer(actor=actor, now=NOW)

    with pytest.raises(TooFast):
        limits.check_answer(actor=actor, now=NOW)

    limits.check_answer(actor=Actor(pk=2), now=NOW)
    limits.check_answer(actor=actor, now=NOW + timedelta(seconds=1))


def test_somebody_who_reads_is_never_stopped_within_a_day_of_896_statements() -> None:
    for number in range(896):
        limits.check_answer(actor=Actor(pk=1), now=NOW + timedelta(seconds=2 * number))


def test_two_thousand_answers_a_day_are_enough() -> None:
    # One every four seconds, for as long as it takes: the day's bucket fills up again more slowly than that.
    def answer_all_day() -> None:
        for number in range(2_400):
            limits.check_answer(actor=Actor(pk=1), now=NOW + timedelta(seconds=4 * number))

    with pytest.raises(TooManyAnswersToday):
        answer_all_day()


def test_a_workplace_of_four_hundred_starts_in_the_same_minute() -> None:
    for _person in range(400):
        limits.check_new_device(network_tag="office", now=NOW)

    with pytest.raises(TooManyNewDevices):
        limits.check_new_device(network_tag="office", now=NOW)

    limits.check_new_device(network_tag="elsewhere", now=NOW)
    limits.check_new_device(network_tag="office", now=NOW + timedelta(minutes=1))


def test_an_unknown_network_is_not_limited() -> None:
    for _person in range(500):
        limits.check_new_device(network_tag="", now=NOW)


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("192.0.2.7", "192.0.2.200", True),
        ("192.0.2.7", "192.0.3.7", False),
        ("192.0.2.7", "::ffff:192.0.2.9", True),
        ("2001:db8:1:2::1", "2001:db8:1:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:2::1", False),
    ],
)
def test_a_tag_stands_for_a_network_and_not_for_an_address(one: str, other: str, is_same: bool) -> None:
    assert (networks.tag_of(one, on=DAY) == networks.tag_of(other, on=DAY)) is is_same


def test_tomorrow_the_tag_is_another_one() -> None:
    assert networks.tag_of("192.0.2.7", on=DAY) != networks.tag_of("192.0.2.7", on=DAY + timedelta(days=1))


@pytest.mark.parametrize("address", ["", "unix:", "somewhere"])
def test_what_is_no_address_has_no_tag(address: str) -> None:
    assert networks.tag_of(address, on=DAY) == ""
