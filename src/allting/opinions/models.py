"""Conversations of short statements, the votes on them and the maps drawn from the votes.

A vote keeps only its latest value and writes no event: opinions are personal data.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from allting.record.models import Actor, Item


class Conversation(models.Model):
    """A question, the item's title, that people answer by agreeing or not with each other's statements."""

    item = models.OneToOneField(Item, primary_key=True, on_delete=models.PROTECT, related_name="conversation")
    description = models.TextField(blank=True, default="")
    attribution = models.TextField(blank=True, default="")
    attribution_url = models.URLField(blank=True, default="")
    import_digest = models.CharField(max_length=64, blank=True, default="")
    # Moved in the transaction of each vote, statement or moderation: tells the worker that the map is old.
    changes_count = models.PositiveBigIntegerField(default=0)
    changed_at = models.DateTimeField()
    # What the column files beside the table must say of themselves, or they are made anew; see `vote_files`.
    columns_mark = models.CharField(max_length=60, blank=True, default="")


class Statement(models.Model):
    """One short sentence in somebody's own words."""

    LENGTH = 200
    # A fourth would no longer be a beginning: everybody would answer the same and nothing else be heard of.
    PLACES_AT_START = 3

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting for approval")
        SHOWN = "shown", _("shown")
        DECLINED = "declined", _("not shown")
        MERGED = "merged", _("merged into another")

    item = models.OneToOneField(Item, primary_key=True, on_delete=models.PROTECT, related_name="statement")
    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="statements")
    # Longer than LENGTH because other tools allow more; the limit for our own writers is the form's and the action's.
    text = models.CharField(max_length=1000)
    language = models.CharField(max_length=8, blank=True, default="")
    state = models.CharField(max_length=10, choices=State)
    decline_reason = models.CharField(max_length=300, blank=True, default="")
    is_seed = models.BooleanField(default=False)
    is_about_the_conversation = models.BooleanField(default=False)
    place_at_start = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="1 to 3: the facilitator lets everybody begin with it."
    )
    number_there = models.PositiveIntegerField(null=True, blank=True, help_text="Its number in the import.")
    submitted_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    views_count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "number_there"], condition=Q(number_there__isnull=False), name="imported_once"
            ),
            models.UniqueConstraint(
                fields=["conversation", "place_at_start"],
                condition=Q(place_at_start__isnull=False),
                name="one_statement_a_place_at_start",
            ),
            models.CheckConstraint(
                condition=Q(place_at_start=None) | Q(place_at_start__range=(1, 3)), name="three_places_at_start"
            ),
        ]
        indexes = [
            models.Index(fields=["conversation", "state", "views_count"]),
            models.Index(fields=["submitted_at"], condition=Q(state="waiting"), name="statement_waiting"),
        ]


class Participant(models.Model):
    """An actor's part in one conversation. The row for limits, for bursts and for public counts."""

    conversation = models.ForeignKey(
        Conversation, on_delete=models.PROTECT, related_name="participants", db_index=False
    )
    actor = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    number_there = models.BigIntegerField(null=True, blank=True)
    first_vote_at = models.DateTimeField()
    # A keyed digest of the network, with a key that changes each day: enough to see a burst, not to follow anybody.
    network_tag = models.CharField(max_length=16, blank=True, default="")
    burst = models.ForeignKey("Burst", null=True, blank=True, on_delete=models.SET_NULL, related_name="participants")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "actor"], name="takes_part_once"),
            models.UniqueConstraint(
                fields=["conversation", "number_there"],
                condition=Q(number_there__isnull=False),
                name="participant_imported_once",
            ),
        ]
        indexes = [models.Index(fields=["conversation", "network_tag", "first_vote_at"])]


class Burst(models.Model):
    """Many new devices from one network in a short time, set aside by a facilitator, visibly and with a reason."""

    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="bursts")
    reason = models.CharField(max_length=300)
    people_count = models.PositiveIntegerField()
    set_aside_by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    set_aside_at = models.DateTimeField()
    restored_at = models.DateTimeField(null=True, blank=True)


class View(models.Model):
    """A statement was put before an actor, and why this one. Not shown is never no."""

    class Why(models.TextChoices):
        FEWEST_VIEWS = "fewest_views", _("It has been shown to the fewest so far.")
        LOT = "lot", _("Several had been shown equally often; this one was drawn by lot.")
        NEW = "new", _("It is new, and hardly anybody has seen it. New statements get their turn, too.")
        RANDOM = "random", _("It was drawn by lot. One in ten is, so that the figures stay honest.")
        TELLS_MOST = (
            "tells_most",
            _("Going by what you have answered so far, this one tells the most about where you stand."),
        )
        FIRST = "first", _("The facilitator lets everybody begin with it.")
        CHOSEN = "chosen", _("You opened it yourself.")

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="views")
    # Without an index of its own: the constraint has one that begins with it.
    actor = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", db_index=False)
    why = models.CharField(max_length=20, choices=Why)
    shown_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor", "statement"], name="seen_once")]


class Vote(models.Model):
    """The latest answer of one actor to one statement."""

    class Value(models.IntegerChoices):
        DISAGREE = -1, _("Disagree")
        PASS = 0, _("Pass")
        AGREE = 1, _("Agree")

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="votes")
    # Without an index of its own: the constraint has one that begins with it.
    actor = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", db_index=False)
    value = models.SmallIntegerField(choices=Value)
    cast_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["actor", "statement"], name="one_vote_each"),
            models.CheckConstraint(condition=Q(value__in=(-1, 0, 1)), name="vote_is_one_of_three"),
        ]


class Unread(models.Model):
    """Somebody's answers changed since the column files were last brought up to date. Gone with the next map.

    Rows are only added, so that one that came while the files were written is still there afterwards.
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="unread")
    actor = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", db_index=False)
    # Erased, or handed over: what files hold about this actor has to leave them at once, and not with the next map.
    is_gone = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["is_gone"], condition=Q(is_gone=True), name="unread_is_gone")]


class MapSnapshot(models.Model):
    """A map as it was published: only figures that may be seen by everybody."""

    class Outcome(models.TextChoices):
        GROUPS = "groups", _("groups hold up")
        NO_GROUPS = "no_groups", _("no groups hold up")
        TOO_LITTLE = "too_little", _("too little to say")

    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="maps")
    outcome = models.CharField(max_length=12, choices=Outcome)
    method = models.CharField(max_length=40)
    version = models.CharField(max_length=20)
    input_digest = models.CharField(max_length=64)
    people_count = models.PositiveIntegerField()
    devices_count = models.PositiveIntegerField()
    votes_count = models.PositiveBigIntegerField()
    # False: statements began where the last map left them, and only people who had answered since were moved.
    is_complete = models.BooleanField(default=True)
    changes_count = models.PositiveBigIntegerField()
    figures = models.JSONField()
    drawn_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["conversation", "-drawn_at"])]


class MapPlace(models.Model):
    """Where one actor stands on the latest map. Seen by that actor alone; kept to keep groups' letters.

    Of the conversation and not of a map: from one map to the next, only who moved is written.
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="places", db_index=False)
    actor = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    x = models.FloatField()
    y = models.FloatField()
    group = models.SmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "actor"], name="one_place_each")]


class MapKnowledge(models.Model):
    """What the latest map knows of its statements, to choose what somebody is shown next: nothing about any person.

    statements   ids, in the order of the rows in `data` (see `asking.pack`)
    digest       of both: whoever keeps what was unpacked sees by it that it is old
    """

    conversation = models.OneToOneField(
        Conversation, primary_key=True, on_delete=models.PROTECT, related_name="knowledge"
    )
    statements = models.JSONField()
    data = models.BinaryField()
    digest = models.CharField(max_length=64)


class CampsSaid(models.Model):
    """What was last published of declared camps, and what decides when something else may be (ADR 59).

    said     as in the figures of the latest map (`camps.following.Said`)
    people   how many of each camp had answered each statement then, in whole fives and rounded up; not published
    """

    conversation = models.OneToOneField(
        Conversation, primary_key=True, on_delete=models.PROTECT, related_name="camps_said"
    )
    said = models.JSONField()
    people = models.JSONField()


class MapRun(models.Model):
    """A map being drawn. The constraint is what keeps two from being drawn at once."""

    conversation = models.OneToOneField(Conversation, primary_key=True, on_delete=models.PROTECT, related_name="run")
    started_at = models.DateTimeField()
    share_done = models.FloatField(default=0)


class ImportRun(models.Model):
    """An import by page: what was uploaded, how far it is, and what it found."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    actor = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    conversation = models.ForeignKey(Conversation, null=True, on_delete=models.PROTECT, related_name="+")
    folder = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    is_dry = models.BooleanField(default=True)
    done_count = models.PositiveIntegerField(default=0)
    total_count = models.PositiveIntegerField(default=0)
    report = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)


class GroupName(models.Model):
    """What a facilitator calls a group of the map: a name that the group itself would accept."""

    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="group_names")
    letter = models.CharField(max_length=1)
    name = models.CharField(max_length=60)
    named_by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    named_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "letter"], name="one_name_per_group")]


class HostSite(models.Model):
    """A site of others that may show a conversation in a frame. Where none is named, embedding is off."""

    LENGTH = 200

    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="host_sites")
    origin = models.CharField(max_length=LENGTH)
    named_by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    named_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "origin"], name="site_named_once")]


class Comparing(models.Model):
    """A second way to take part: people compare two statements of a conversation at a time, if it is turned on."""

    conversation = models.OneToOneField(
        Conversation, primary_key=True, on_delete=models.PROTECT, related_name="comparing"
    )
    question = models.CharField(max_length=120)
    is_on = models.BooleanField()
    # The ids that are compared; all that are shown where it is empty.
    chosen = models.JSONField(default=list, blank=True)


class PairPool(models.Model):
    """The pairs that were prepared to be shown next, plain ids, and whether they have become old."""

    conversation = models.OneToOneField(Conversation, primary_key=True, on_delete=models.PROTECT, related_name="+")
    pairs = models.JSONField(default=list)
    # Moved in the transaction of each comparison; those at which the pairs were prepared.
    changes_count = models.PositiveBigIntegerField(default=0)
    prepared_changes_count = models.PositiveBigIntegerField(null=True)
    changed_at = models.DateTimeField()
    prepared_at = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)


class Comparison(models.Model):
    """What one actor said last about two statements. The first is always the one with the lower id."""

    class Value(models.IntegerChoices):
        FIRST = 1, _("the first")
        SECOND = 2, _("the second")
        EVEN = 3, _("cannot decide")
        NEITHER = 4, _("both are bad, or skipped")

    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="comparisons")
    actor = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    first = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="+")
    value = models.SmallIntegerField(choices=Value)
    compared_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["actor", "first", "second"], name="compared_once"),
            models.CheckConstraint(condition=Q(first__lt=models.F("second")), name="pair_has_one_order"),
            models.CheckConstraint(condition=Q(value__in=(1, 2, 3, 4)), name="comparison_is_one_of_four"),
        ]
        indexes = [models.Index(fields=["conversation", "actor", "-compared_at"], name="compared_by")]


class PairOrder(models.Model):
    """An order as it was published. Only the latest keeps its figures; of the others, when and of how many."""

    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="orders")
    method = models.CharField(max_length=40)
    version = models.CharField(max_length=20)
    people_count = models.PositiveIntegerField()
    comparisons_count = models.PositiveBigIntegerField()
    figures = models.JSONField()
    published_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["conversation", "-published_at"], name="order_latest")]
