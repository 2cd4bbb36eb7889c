"""When, and with whom: a process, its phases and their activities."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from allting.people.models import Person
from allting.record.models import Actor, Item


class Process(models.Model):
    """One question, asked by somebody, with dates, and what is owed. Its item's title is the question.

    rehearsal_began_at   set while the team rehearses a draft; what is said then is wiped before announcing
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        ANNOUNCED = "announced", _("announced")
        RUNNING = "running", pgettext_lazy("a process", "running")
        CLOSED = "closed", _("closed")

    class OpenTo(models.TextChoices):
        LINK = "link", _("Anyone with the link")
        INVITED = "invited", _("Only invited")
        MEMBERS = "members", _("Only employees")

    item = models.OneToOneField(Item, primary_key=True, on_delete=models.PROTECT, related_name="process")
    template = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    open_to = models.CharField(max_length=10, choices=OpenTo, default=OpenTo.LINK)
    decider_name = models.CharField(_("who decides"), max_length=100, blank=True, default="")
    decider_title = models.CharField(_("title"), max_length=100, blank=True, default="")
    not_up_for_decision = models.TextField(blank=True, default="")
    up_for_decision = models.TextField(blank=True, default="")
    audience = models.CharField(max_length=200, blank=True, default="")
    answer_days = models.PositiveSmallIntegerField(
        default=30, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    languages = models.JSONField(default=list)
    sponsor = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    is_invented = models.BooleanField(default=False)
    invented_note = models.CharField(max_length=300, blank=True, default="")
    attribution = models.TextField(blank=True, default="")
    rehearsal_began_at = models.DateTimeField(null=True, blank=True)
    announced_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft", announced_at=None) | (~Q(state="draft") & Q(announced_at__isnull=False)),
                name="announced_unless_draft",
            ),
            models.CheckConstraint(
                condition=Q(rehearsal_began_at=None) | Q(state="draft"), name="only_drafts_are_rehearsed"
            ),
        ]

    @property
    def decider(self) -> str:
        """Name and title of who decides, as far as they were said: “Dana Whitlock, mayor”."""
        return ", ".join(part for part in (self.decider_name, self.decider_title) if part)

    @property
    def is_rehearsing(self) -> bool:
        """Whether the team tries it out: it works for those who were let in, counts nowhere, and is wiped."""
        return self.rehearsal_began_at is not None


class Phase(models.Model):
    """A stretch of time with one purpose. The same kind may come again."""

    class Kind(models.TextChoices):
        LISTENING = "listening", _("Listening")
        SHAPING = "shaping", _("Shaping")
        CHOOSING = "choosing", _("Choosing")
        EXECUTING = "executing", _("Executing")

    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="phases")
    kind = models.CharField(max_length=10, choices=Kind)
    number = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["process", "number"], name="phases_are_numbered"),
            models.CheckConstraint(
                condition=Q(starts_at=None) | Q(ends_at=None) | Q(ends_at__gt=F("starts_at")),
                name="phase_ends_after_its_start",
                violation_error_message=_("A phase ends after it starts."),
            ),
        ]


class DecisionRight(models.Model):
    """Who decides what in one step of a process. Announcing needs one for each phase."""

    phase = models.OneToOneField(Phase, on_delete=models.PROTECT, related_name="decision_right")
    WHO_LENGTH = 200
    WHAT_LENGTH = 300

    who = models.CharField(max_length=WHO_LENGTH)
    what = models.CharField(max_length=WHAT_LENGTH)


class Activity(models.Model):
    """One thing to take part in. Whether it is open is computed; only that it opened and was closed is stored."""

    phase = models.ForeignKey(Phase, on_delete=models.PROTECT, related_name="activities")
    kind = models.CharField(max_length=40)
    item = models.OneToOneField(Item, on_delete=models.PROTECT, related_name="activity")
    settings = models.JSONField(default=dict)
    opens_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_at=None) | Q(closes_at=None) | Q(closes_at__gt=F("opens_at")),
                name="activity_closes_after_it_opens",
                violation_error_message=_("It closes after it opens."),
            ),
        ]
        indexes = [
            models.Index(fields=["opens_at"], condition=Q(opened_at__isnull=True), name="activity_to_open"),
            models.Index(fields=["closes_at"], condition=Q(closed_at__isnull=True), name="activity_to_close"),
        ]


class Extension(models.Model):
    """The closing day of an activity was moved, and what everybody is told. Who moved it is in the event.

    What comes after it moved along by as many days.
    """

    NOTE_LENGTH = 300

    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="extensions")
    activity = models.ForeignKey(Activity, null=True, blank=True, on_delete=models.PROTECT, related_name="extensions")
    note = models.CharField(max_length=NOTE_LENGTH)
    promised_until = models.DateTimeField()
    open_until = models.DateTimeField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(open_until__gt=F("promised_until")),
                name="extended_to_later",
                violation_error_message=_("The closing day can only be moved to a later day."),
            ),
        ]


class Relation(models.TextChoices):
    """What somebody is to the organisation, in their own eyes."""

    CUSTOMER = "customer", pgettext_lazy("relation", "Customer")
    THEIR_CUSTOMER = "their_customer", pgettext_lazy("relation", "Customer of a customer")
    END_USER = "end_user", pgettext_lazy("relation", "User")
    CITIZEN = "citizen", pgettext_lazy("relation", "Citizen")
    EMPLOYEE = "employee", pgettext_lazy("relation", "Employee")
    PARTNER = "partner", pgettext_lazy("relation", "Partner")
    SUPPLIER = "supplier", pgettext_lazy("relation", "Supplier")
    COMPETITOR = "competitor", pgettext_lazy("relation", "Competitor")
    RESEARCHER = "researcher", pgettext_lazy("relation", "Researcher")
    NETWORK = "network", pgettext_lazy("relation", "Network or association")
    PUBLIC_BODY = "public_body", pgettext_lazy("relation", "Public body")
    OWNER = "owner", pgettext_lazy("relation", "Owner")


class Participation(models.Model):
    """What somebody says about themself in a process; a row without a relation was asked and would rather not say.

    satisfaction   0 to 10, only ever by the person; no page shows it to anybody else
    counted_*      the same as it stands in the published `Balance`, so that the next count knows how many differ
    """

    MOST_SATISFIED = 10

    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="participations")
    actor = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    relation = models.CharField(max_length=20, choices=Relation, blank=True, default="")
    satisfaction = models.PositiveSmallIntegerField(null=True, blank=True)
    counted_relation = models.CharField(max_length=20, choices=Relation, blank=True, default="")
    counted_satisfaction = models.PositiveSmallIntegerField(null=True, blank=True)
    said_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["process", "actor"], name="one_part_in_a_process"),
            models.CheckConstraint(
                condition=Q(satisfaction=None) | Q(satisfaction__lte=10), name="satisfied_from_0_to_10"
            ),
        ]


class Balance(models.Model):
    """Who takes part in a process, as it was last counted: never about a change of fewer than five (ADR 0042).

    asked_first    relations that are offered at once, the others behind "more"; empty for the usual ones
    relations      people by relation                  satisfaction   people by level (`balance.Level`)
    """

    process = models.OneToOneField(Process, primary_key=True, on_delete=models.PROTECT, related_name="balance")
    asked_first = models.JSONField(default=list)
    relations = models.JSONField(default=dict)
    satisfaction = models.JSONField(default=dict)
    counted_at = models.DateTimeField(null=True, blank=True)
    # From then on nobody's relation is kept: ballots carry a kind, and rows with names would narrow their owners down.
    let_go_at = models.DateTimeField(null=True, blank=True)


class FrameShare(models.Model):
    """How many of one relation there are among all who are concerned. Only their proportion is used."""

    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="frame")
    relation = models.CharField(max_length=20, choices=Relation)
    people = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["process", "relation"], name="one_share_of_a_relation"),
            models.CheckConstraint(condition=Q(people__gte=1), name="share_of_somebody"),
        ]
