"""A shortlist before the round: dealt alike, shortened in proportion, secret, provable, and worth the trouble."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from random import Random

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from allting.choice import actions, activity, analysis, kinds, tasks
from allting.choice.actions import Wording
from allting.choice.errors import AlreadyCast, AlreadyOpened, NothingDealt, RoundClosed, ShortlistRefused
from allting.choice.models import Ballot, Hand, Option, Round, Turnout
from allting.engine.selection import phragmen
from allting.engine.selection.ballots import pack_ballots
from allting.opinions.models import Conversation, Statement
from allting.processes.models import Activity
from allting.record import actions as record
from allting.record.kinds import Words
from allting.record.models import Event, Link
from tests.make import choice as make
from tests.make import opinions as make_opinions
from tests.make import processes
from tests.make.people import make_person, sign_in
from tests.make.processes import NOW

pytestmark = pytest.mark.django_db

# Two in three like the first six, one in three the last six.
TASTES = [range(6)] * 8 + [range(6, 12)] * 4


@pytest.fixture
def round_() -> Round:
    return make.make_round(options=12, state="preparing")


@pytest.fixture
def shortlist(round_: Round) -> Round:
    return make.shorten(round_, shown_each=6)


def test_the_options_move_to_the_shortlist_and_are_frozen_there(round_: Round) -> None:
    before = [option.pk for option in make.options_of(round_)]

    shortlist = make.shorten(round_)

    assert [option.pk for option in make.options_of(shortlist)] == before
    assert not make.options_of(round_)
    assert shortlist.opened_at is not None
    assert make.fresh(round_).opened_at is None
    assert Event.objects.filter(name="choice.shortlist_started", item=shortlist.item).count() == 1


def test_a_round_has_one_shortlist_and_an_open_one_none(round_: Round) -> None:
    make.shorten(round_)

    with pytest.raises(AlreadyOpened):
        make.shorten(round_)
    with pytest.raises(AlreadyOpened):
        make.shorten(make.make_round(options=12))


@pytest.mark.parametrize("wrong", [{"size": 12}, {"days": 0}, {"days": 400}])
def test_a_shortlist_that_shortens_nothing_or_has_no_time_is_refused(round_: Round, wrong: dict[str, int]) -> None:
    with pytest.raises(ShortlistRefused):
        make.shorten(round_, **wrong)

    assert len(make.options_of(round_)) == 12


def test_a_shortlist_that_ends_before_the_round_begins_is_refused(round_: Round) -> None:
    """People take part while the activity is open: nobody could judge it."""
    Activity.objects.filter(item=round_.pk).update(opens_at=NOW + timedelta(days=5))

    with pytest.raises(ShortlistRefused):
        make.shorten(round_, days=3)

    assert make.shorten(round_, days=7).opened_at is not None


def test_every_option_is_dealt_equally_often(shortlist: Round) -> None:
    for _person in range(5):
        actions.deal_hand(round_=shortlist, actor=make_person().actor, now=NOW, lot=Random(3))

    dealt = Counter(pk for shown in Hand.objects.values_list("shown", flat=True) for pk in shown)
    assert set(dealt.values()) == {2, 3}
    assert all(option.dealt_count == dealt[option.pk] for option in make.options_of(shortlist))


def test_nobody_deals_anew_until_a_favourite_turns_up(shortlist: Round) -> None:
    person = make_person()

    first = actions.deal_hand(round_=shortlist, actor=person.actor, now=NOW).shown

    assert actions.deal_hand(round_=shortlist, actor=person.actor, now=NOW).shown == first
    assert sum(option.dealt_count for option in make.options_of(shortlist)) == 6


def test_a_ballot_approves_only_what_was_shown_and_may_be_blank(shortlist: Round) -> None:
    person, another = make_person(), make_person()
    everything = [option.pk for option in make.options_of(shortlist)]
    shown = actions.deal_hand(round_=shortlist, actor=person.actor, now=NOW).shown
    actions.deal_hand(round_=shortlist, actor=another.actor, now=NOW)

    made = actions.cast_ballot(round_=shortlist, actor=person.actor, approvals=everything)
    actions.cast_ballot(round_=shortlist, actor=another.actor, approvals=[])

    assert sorted(len(each) for each in Ballot.objects.values_list("approvals", flat=True)) == [0, 6]
    actions.change_ballot(receipt=made.receipt, approvals=everything[:1], now=NOW)
    assert set(Ballot.objects.values_list("approvals", flat=True)[0]) <= set(shown)


def test_without_a_hand_nothing_is_cast_and_nothing_twice(shortlist: Round) -> None:
    person = make_person()
    with pytest.raises(NothingDealt):
        actions.cast_ballot(round_=shortlist, actor=person.actor, approvals=[])
    actions.deal_hand(round_=shortlist, actor=person.actor, now=NOW)
    actions.cast_ballot(round_=shortlist, actor=person.actor, approvals=[])

    with pytest.raises(AlreadyCast):
        actions.cast_ballot(round_=shortlist, actor=person.actor, approvals=[])


def test_after_its_day_nothing_is_dealt_or_changed(shortlist: Round) -> None:
    [(_person, receipt), *_] = make.judge(shortlist, [range(12)])
    late = NOW + timedelta(days=4)

    with pytest.raises(RoundClosed):
        actions.deal_hand(round_=shortlist, actor=make_person().actor, now=late)
    with pytest.raises(RoundClosed):
        actions.change_ballot(receipt=receipt, approvals=[], now=late)


def test_what_people_support_goes_on_in_proportion_and_rests_on_what_they_judged(round_: Round) -> None:
    shortlist = make.shorten(round_, shown_each=12)
    make.judge(shortlist, TASTES)

    outcome = make.close_shortlist(shortlist)

    assert outcome is not None
    going_on = make.options_of(round_)
    assert make.fresh(round_).opened_at is not None
    assert [option.source_id for option in going_on] == outcome.figures["chosen"]
    numbers = {option.pk: option.number for option in make.options_of(shortlist)}
    minority = sum(numbers[pk] > 6 for pk in outcome.figures["chosen"])
    assert (len(going_on), minority) == (3, 1)
    links = Link.objects.filter(younger__in=[option.pk for option in going_on], relation="rests_on")
    assert sorted(links.values_list("older_id", flat=True)) == sorted(outcome.figures["chosen"])


def test_the_process_page_counts_what_is_under_way(round_: Round, shortlist: Round) -> None:
    make.judge(shortlist, [range(12)] * 6)

    during = [(one.figure, str(one.label)) for one in activity.counts(round_.pk)]
    make.close_shortlist(shortlist)
    after = [(one.figure, str(one.label)) for one in activity.counts(round_.pk)]

    assert during == [(6, "ballots cast"), (12, "proposals")]
    assert after == [(None, "ballots cast"), (3, "proposals")]


def test_counted_twice_it_goes_on_once(round_: Round, shortlist: Round) -> None:
    make.judge(shortlist, TASTES)

    make.close_shortlist(shortlist)
    make.close_shortlist(shortlist)

    assert len(make.options_of(round_)) == 3


def test_both_stages_are_proved_by_their_certificates(round_: Round, shortlist: Round) -> None:
    make.judge(shortlist, TASTES)
    first = make.close_shortlist(shortlist)
    make.cast(make.fresh(round_), [[0, 1]] * 4 + [[2]] * 3)
    make.close(make.fresh(round_))
    second = make.count(round_)

    assert first is not None
    for outcome, method in ((first, "phragmen"), (second, "equal_shares_then_phragmen")):
        checked = analysis.check(outcome.certificate)
        assert (outcome.method, checked.faults, checked.recomputed) == (method, (), True)
    forged = first.certificate.replace('"limit":3', '"limit":4', 1)
    assert analysis.check(forged).faults


def test_who_was_shown_what_is_forgotten_at_closing_and_how_many_saw_each_is_kept(shortlist: Round) -> None:
    make.judge(shortlist, TASTES)
    actions.deal_hand(round_=shortlist, actor=make_person().actor, now=NOW)  # looks, and never casts
    assert Ballot.objects.filter(shown__isnull=False).count() == len(TASTES)

    make.close_shortlist(shortlist)

    assert not Hand.objects.exists()
    assert not Ballot.objects.filter(shown__isnull=False).exists()
    assert sum(option.shown_count or 0 for option in make.options_of(shortlist)) == 6 * len(TASTES)
    assert Turnout.objects.filter(round=shortlist).count() == len(TASTES)


def test_casting_takes_the_hand_away_from_the_name(shortlist: Round) -> None:
    make.judge(shortlist, [range(12)])

    assert not Hand.objects.exists()


def test_erasing_somebody_takes_the_hand_along(shortlist: Round) -> None:
    person = make_person()
    actions.deal_hand(round_=shortlist, actor=person.actor, now=NOW)

    kinds.forget_in_rounds(actor=person.actor, words=Words.NAMELESS, now=NOW)

    assert not Hand.objects.exists()


def test_what_goes_on_forgets_the_words_of_an_erased_author_too() -> None:
    """The proposal of the round rests on the shortlist's, which rests on the words."""
    words = "I, Zebulon Quist, want a night train."
    round_, source = _round_with_words(words)
    shortlist = make.shorten(round_, shown_each=13)
    make.judge(shortlist, [[12], [12], [12], [0], [1], [2]])
    make.close_shortlist(shortlist)
    assert Option.objects.filter(text=words).count() == 2, "one on the shortlist, one in the round"

    kinds.forget_options(actor=source.item.author, words=Words.BLANKED, now=NOW)

    assert not Option.objects.filter(text=words).exists()


def test_a_wiped_rehearsal_leaves_no_words_on_its_shortlist() -> None:
    words = "My own words, said in the rehearsal."
    round_, source = _round_with_words(words)
    make.shorten(round_)
    record.wipe(items=[source.pk], now=NOW)

    actions.wipe_round(round_=round_, now=NOW)

    assert not Option.objects.filter(title=words).exists()
    assert not Option.objects.filter(text=words).exists()
    assert Option.objects.filter(left_out_at=None).count() == 12


def _round_with_words(words: str) -> tuple[Round, Statement]:
    """Make a round whose thirteenth proposal is a statement that somebody wrote."""
    round_ = make.make_round(options=12, state="preparing")
    conversation = Conversation.objects.select_related("item").get(item__within=make.process_of(round_).item)
    source = make_opinions.make_statement(conversation, text=words)
    wording = Wording(title="A night train" if "train" in words else words, text=words, why="Nearly everyone agrees.")
    actions.take_in(round_=round_, source=source.item, wording=wording, by=round_.item.author, now=NOW)
    return round_, source


def test_who_judged_a_shortlist_has_taken_part_in_the_round(round_: Round, shortlist: Round) -> None:
    [(person, _receipt)] = make.judge(shortlist, [range(12)])

    assert activity.has_part(round_.pk, person.actor)
    assert not activity.has_part(round_.pk, make_person().actor)


def test_nobody_took_part_and_the_facilitator_chooses_by_hand(round_: Round, shortlist: Round) -> None:
    now = timezone.now()
    assert make.close_shortlist(shortlist) is None

    facilitator = sign_in(Client(), processes.make_facilitator(now=now))
    page = facilitator.get(reverse("choice:workbench", args=[round_.pk]))

    assert page.context["standing"].may_prepare
    assert len(page.context["candidates"].rows) == 12


def test_a_round_that_closes_early_closes_its_shortlist(round_: Round, shortlist: Round) -> None:
    make.judge(shortlist, TASTES)

    make.close(round_)

    assert make.fresh(shortlist).closed_at is not None
    make.close_shortlist(shortlist)
    assert make.fresh(round_).opened_at is None


@pytest.mark.django_db(transaction=True)
def test_the_schedule_closes_counts_and_lets_go_on(round_: Round, shortlist: Round) -> None:
    make.judge(shortlist, TASTES)
    Round.objects.filter(pk=shortlist.pk).update(closes_at=timezone.now() - timedelta(hours=1))

    tasks.finish_closed_rounds()
    tasks.finish_closed_rounds()

    assert make.fresh(round_).opened_at is not None
    assert Option.objects.filter(round=round_).count() == 3


# --- worth the trouble ----------------------------------------------------------------------------------


def test_two_rounds_find_more_of_what_everybody_would_have_chosen_than_one() -> None:
    """A small version of the world in which it was decided to shorten first (choice.md 1.2)."""
    one, two = zip(*(_overlaps(seed) for seed in range(3)), strict=True)

    assert sum(two) >= sum(one) + 3
    assert sum(two) / (9 * 3) > 0.6


def _overlaps(seed: int) -> tuple[int, int]:
    """Return how many of the nine of full knowledge one round finds, and how many two rounds find.

    Ten groups with tastes of their own, 60 options, 300 people; each judges ten that the house deals.
    """
    lot = Random(seed)
    options, people = range(60), range(300)
    names = [f"{option:02}" for option in options]
    appeal = [[lot.betavariate(0.6, 2.4) for _ in options] for _group in range(10)]
    likes = [{option for option in options if lot.random() < appeal[person % 10][option]} for person in people]
    seen = _dealt(lot, options=len(options), each=10, people=len(people))

    def nine_of(approvals: list[list[int]]) -> set[str]:
        asked = {
            "stage": "round",
            "seats": 9,
            "budget": None,
            "seed": "s",
            "options": [[option, names[option], None] for option in options],
            "ballots": [[approved, ""] for approved in approvals],
        }
        return set(analysis.count(asked)["figures"]["chosen"])

    everything = nine_of([sorted(each) for each in likes])
    sparse = [sorted(likes[person] & seen[person]) for person in people]
    short = set(phragmen.shortlist(pack_ballots(approvals=sparse, options=names), seed="s").options)
    return len(nine_of(sparse) & everything), len(nine_of([sorted(each & short) for each in likes]) & everything)


def _dealt(lot: Random, *, options: int, each: int, people: int) -> list[set[int]]:
    """Deal as `actions.deal_hand` does: those dealt least come first, the lot decides among them."""
    counts = [0] * options
    hands = []
    for _person in range(people):
        lots = [lot.random() for _ in range(options)]
        hand = sorted(range(options), key=lambda option: (counts[option], lots[option]))[:each]
        for option in hand:
            counts[option] += 1
        hands.append(set(hand))
    return hands


# --- the pages ------------------------------------------------------------------------------------------


def test_the_way_through_both_stages_by_its_pages(client: Client) -> None:
    now = timezone.now()
    round_ = make.make_round(options=12, state="preparing", now=now)
    facilitator = sign_in(Client(), processes.make_facilitator(now=now))
    sent = {"shortlist-last_day": (now + timedelta(days=2)).date(), "shortlist-shown_each": 5, "shortlist-size": 3}
    refused = facilitator.post(reverse("choice:open_shortlist", args=[round_.pk]), sent | {"shortlist-size": 12})
    facilitator.post(reverse("choice:open_shortlist", args=[round_.pk]), sent)
    shortlist = Round.objects.get(shortlist_for=round_)
    sign_in(client, make_person())

    assert refused.status_code == 422
    begun = client.get(reverse("choice:ballot", args=[round_.pk]), follow=True)
    assert "First the list is shortened." in begun.content.decode()
    dealt = client.post(reverse("choice:deal", args=[shortlist.pk]), follow=True)
    options = [row.pk for row in dealt.context["listing"].rows]
    assert len(options) == 5
    reviewed = client.post(reverse("choice:review", args=[shortlist.pk]), {"options": options[:2]})
    assert "Your ballot: 2 of up to 5" in reviewed.content.decode()
    receipt = client.post(reverse("choice:cast", args=[shortlist.pk]), {"options": options[:2]}).context["receipt"]
    changed = client.post(reverse("choice:receipt"), {"words": receipt})
    assert {row.pk for row in changed.context["listing"].rows} == set(options)

    blank = sign_in(Client(), make_person())
    blank.post(reverse("choice:deal", args=[shortlist.pk]))
    assert "None of these." in blank.post(reverse("choice:review", args=[shortlist.pk]), {}).content.decode()
    assert blank.post(reverse("choice:cast", args=[shortlist.pk]), {}).status_code == 200
    make.judge(shortlist, TASTES, now=now)
    make.close_shortlist(shortlist, now=timezone.now())

    shortened = client.get(reverse("choice:outcome", args=[shortlist.pk])).content.decode()
    assert "3 of 12 go on to the vote." in shortened
    assert "14 people judged 5 proposals each" in " ".join(shortened.split())
    assert "who saw it" in shortened
    vote = client.get(reverse("choice:ballot", args=[round_.pk]))
    assert len(vote.context["listing"].rows) == 3
    mine = client.post(reverse("choice:receipt"), {"words": receipt}).content.decode()
    assert "goes on" in mine or "go on" in mine
    assert client.get(reverse("choice:decide", args=[shortlist.pk])).status_code == 403
