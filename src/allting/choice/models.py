"""Rounds, what can be chosen in them, who has cast, what was cast, and what came out.

Who has cast a ballot (`Turnout`) and what was cast (`Ballot`) share nothing but the round: no time, no order, no
event. At closing both tables are written anew in the order of random keys (`actions.closing`), because a table keeps
the order in which its rows came.
"""

from __future__ import annotations

import secrets
import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from allting.processes.coarse import COARSE_OF as COARSE_OF
from allting.processes.coarse import Coarse as Coarse
from allting.record.models import Actor, Item


def random_id() -> uuid.UUID:
    """Return 128 random bits; a UUID of the usual kinds says how it was made, and would have fewer."""
    return uuid.UUID(bytes=secrets.token_bytes(16))


class Round(models.Model):
    """A choice of about nine among options, by approval ballots; or the shortlist that comes before it.

    shortlist_for     the round that takes what goes on from here; a shortlist is a round of its own, because it has
                      its own options, ballots, seed and proof (ADR 43). `seats` then says how many go on
    closes_at         when a shortlist closes; a round closes with its activity
    shown_each        how many options a shortlist shows to each person
    seed              drawn at opening, secret until closing: breaks ties
    seed_commitment   its SHA-256, published at opening, so that nobody can pick another seed when votes are known
    """

    SEATS = 9
    APPROVALS = 12

    item = models.OneToOneField(Item, primary_key=True, on_delete=models.PROTECT, related_name="round")
    seats = models.PositiveSmallIntegerField(default=SEATS)
    approvals_limit = models.PositiveSmallIntegerField(default=APPROVALS)
    budget = models.PositiveBigIntegerField(null=True, blank=True)
    seed = models.CharField(max_length=64, blank=True, default="")
    seed_commitment = models.CharField(max_length=64, blank=True, default="")
    are_ballots_imported = models.BooleanField(default=False)
    shortlist_for = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="shortlist"
    )
    closes_at = models.DateTimeField(null=True, blank=True)
    shown_each = models.PositiveSmallIntegerField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    # Set when the files that held the old order of the rows were written anew, after the closing transaction.
    cleaned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(seats__gte=1), name="round_has_a_seat"),
            models.CheckConstraint(condition=Q(approvals_limit__gte=1), name="ballot_has_an_approval"),
            models.CheckConstraint(
                condition=Q(opened_at=None, seed="", seed_commitment="")
                | (Q(opened_at__isnull=False) & ~Q(seed="") & ~Q(seed_commitment="")),
                name="open_round_has_a_seed",
            ),
            models.CheckConstraint(
                condition=Q(shortlist_for=None, closes_at=None, shown_each=None)
                | Q(shortlist_for__isnull=False, closes_at__isnull=False, shown_each__gte=1),
                name="shortlist_knows_its_end",
            ),
        ]

    @property
    def is_shortlist(self) -> bool:
        return self.shortlist_for_id is not None


class Option(models.Model):
    """A proposal, with title and text as they were when the round opened.

    source   the item that it was taken from; none when somebody wrote it here
    number   its lasting number in the round, part of its name in the certificate
    dealt_count   to how many a shortlist has dealt it, so that all are dealt alike
    shown_count   how many of those who cast a ballot had seen it; null until a shortlist has closed, and in a round
    """

    TITLE_LENGTH = 120
    TEXT_LENGTH = 1_000

    item = models.OneToOneField(Item, primary_key=True, on_delete=models.PROTECT, related_name="option")
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="options")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=TITLE_LENGTH)
    text = models.CharField(max_length=TEXT_LENGTH, blank=True, default="")
    why = models.CharField(max_length=200, blank=True, default="")
    cost = models.PositiveBigIntegerField(null=True, blank=True)
    source = models.ForeignKey(Item, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    left_out_at = models.DateTimeField(null=True, blank=True)
    dealt_count = models.PositiveIntegerField(default=0)
    shown_count = models.PositiveIntegerField(null=True, blank=True)

    # Words longer than this are no heading; the title, cut off, stands for them.
    _LONGEST_HEADING = 300

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "number"], name="options_are_numbered"),
            models.UniqueConstraint(
                fields=["round", "source"], condition=Q(source__isnull=False), name="one_option_of_a_source"
            ),
        ]

    @property
    def words(self) -> str:
        """The title; where that is only the cut-off beginning of the text, the whole text as far as it is a heading."""
        is_cut = self.title.endswith("…") and self.text.startswith(self.title.removesuffix("…"))
        return self.text if is_cut and len(self.text) <= self._LONGEST_HEADING else self.title

    @property
    def further_text(self) -> str:
        """The text, where it says more than the words above it."""
        return "" if self.text == self.words else self.text


class Turnout(models.Model):
    """Somebody has cast a ballot in a round. Nothing else is known here."""

    pk = models.CompositePrimaryKey("round", "actor")
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="turnout")
    actor = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "choice_turnout"


class Hand(models.Model):
    """The options that a shortlist shows to somebody who has not cast a ballot yet.

    Gone when the ballot is cast, and at closing at the latest: what somebody was shown would tell their ballot.
    """

    pk = models.CompositePrimaryKey("round", "actor")
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="hands")
    actor = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    shown = models.JSONField()

    class Meta:
        db_table = "choice_hand"


class Ballot(models.Model):
    """What one person approved. Nobody's name, no moment and no order.

    approvals      ids of options, ascending     kind   coarse, or empty
    receipt_hash   SHA-256 of the receipt that its owner was shown once; null for imported ballots
    shown          ids of the options that a shortlist showed, while it is open; null in a round, and after closing
    """

    id = models.UUIDField(primary_key=True, default=random_id, editable=False)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="ballots")
    approvals = models.JSONField()
    kind = models.CharField(max_length=10, choices=Coarse, blank=True, default="")
    receipt_hash = models.CharField(max_length=64, unique=True, null=True)
    shown = models.JSONField(null=True, blank=True)

    class Meta:
        db_table = "choice_ballot"


class Outcome(models.Model):
    """What came out of a round, as it was published. Never changed.

    certificate   the proof, as text that its digest depends on
    figures       what the page tells, see `story`
    Of fewer than five ballots nothing is counted (ADR 49): the method is `WITHHELD`, and all the rest is empty.
    """

    WITHHELD = "withheld"

    round = models.OneToOneField(Round, on_delete=models.PROTECT, related_name="outcome")
    method = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField()
    seed = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    certificate = models.TextField(blank=True, default="")
    figures = models.JSONField()
    counted_at = models.DateTimeField()

    @property
    def is_withheld(self) -> bool:
        """Whether so few cast a ballot that what came out would tell what one of them chose."""
        return self.method == self.WITHHELD


class Support(models.Model):
    """Who approves one option: a bit for each ballot, packed, written once at counting.

    So a page counts how many would be left with nothing by any list of options, without reading the ballots. Kinds of
    people are not among it: two lists that differ by one ballot would tell its kind (ADR 49).
    name   "option 17", or "choosing": those who approved anything at all
    """

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="support")
    name = models.CharField(max_length=40)
    bits = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "name"], name="support_is_counted_once")]


class Decision(models.Model):
    """What the sponsor makes of an outcome. The outcome stays public beside it.

    options             ids of the options decided on, in order: those of the outcome, or others with a reason
    left_with_nothing_count   how many have none of these, as the sponsor was shown it; None where nothing was shown
    """

    REASON_LENGTH = 1_000

    class Verdict(models.TextChoices):
        CONFIRM = "confirm", _("confirmed")
        DEPART = "depart", _("departed from")
        ALONE = "alone", _("decided without an outcome")

    round = models.OneToOneField(Round, on_delete=models.PROTECT, related_name="decision")
    verdict = models.CharField(max_length=10, choices=Verdict)
    reason = models.CharField(max_length=REASON_LENGTH, blank=True, default="")
    options = models.JSONField()
    left_with_nothing_count = models.PositiveIntegerField(null=True, blank=True)
    made_by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict="confirm") | (Q(verdict__in=["depart", "alone"]) & ~Q(reason="")),
                name="departing_needs_a_reason",
                violation_error_message=_("To depart from the outcome needs a reason that everybody can read."),
            )
        ]
