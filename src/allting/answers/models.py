"""What is owed to people, what was answered, and when it went out.

Who is behind an answered item is asked of its Kind each time and never kept here: that somebody agreed with
something is an opinion, and opinions are personal data.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from allting.people.models import Person
from allting.processes.models import Process
from allting.record.models import Actor, Item


class AnswerGroup(models.Model):
    """Items that get one answer together. One item alone has a group of its own, without a title."""

    TITLE_LENGTH = 120

    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="answer_groups")
    title = models.CharField(max_length=TITLE_LENGTH, blank=True, default="")
    # The earliest day of its items: the answer is one, so it is due when the first of them is.
    due_on = models.DateField()
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["process", "due_on"])]


class OwedAnswer(models.Model):
    """An item of a participant, whose activity has closed. Its words stay where they are."""

    item = models.OneToOneField(Item, primary_key=True, on_delete=models.PROTECT, related_name="owed_answer")
    group = models.ForeignKey(AnswerGroup, on_delete=models.PROTECT, related_name="owed")
    due_on = models.DateField()
    owed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["due_on"])]


class Publication(models.Model):
    """Signed answers of one process that went out together. Each actor gets at most one mail about it.

    `told_up_to` is the highest actor id that was written to. It moves in the transaction that queues the
    mails, so that a worker killed in the middle goes on where it was, and nobody's name has to be kept.
    """

    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="publications")
    published_by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField()
    told_up_to = models.BigIntegerField(default=0)
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["published_at"], condition=Q(told_at__isnull=True), name="publication_to_tell")]


class Answer(models.Model):
    """What is done about a group of items, why, and what happens next; signed by a person."""

    class Decision(models.TextChoices):
        YES = "yes", _("Yes")
        PARTLY = "partly", _("Partly")
        NO = "no", _("No")
        MERGED = "merged", _("Part of another answer")
        REFUSED = "refused", _("Not ours to decide")

    # Whoever hears one of these has a right to know why.
    NEEDS_REASON = (Decision.NO, Decision.MERGED, Decision.REFUSED)
    HEADLINE_LENGTH = 120
    TEXT_LENGTH = 3000

    item = models.OneToOneField(Item, primary_key=True, on_delete=models.PROTECT, related_name="answer")
    group = models.OneToOneField(AnswerGroup, on_delete=models.PROTECT, related_name="answer")
    decision = models.CharField(max_length=10, choices=Decision)
    headline = models.CharField(max_length=HEADLINE_LENGTH, blank=True, default="")
    reason = models.TextField(blank=True, default="")
    what_next = models.TextField()
    signed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # The office signs with the person and stays when the person is erased.
    signed_as = models.CharField(max_length=Person.NAME_LENGTH, blank=True, default="")
    signed_at = models.DateTimeField(null=True, blank=True)
    publication = models.ForeignKey(
        Publication, null=True, blank=True, on_delete=models.PROTECT, related_name="answers"
    )
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(decision__in=("no", "merged", "refused")) | ~Q(reason=""),
                name="no_refusal_without_reason",
                violation_error_message=_("Say why. Whoever is refused has a right to the reason."),
            ),
            models.CheckConstraint(
                condition=Q(signed_at=None, signed_by=None) | Q(signed_at__isnull=False, signed_by__isnull=False),
                name="signed_by_a_person",
            ),
            models.CheckConstraint(
                condition=Q(publication=None) | Q(signed_at__isnull=False), name="published_when_signed"
            ),
        ]

    @property
    def is_signed(self) -> bool:
        return self.signed_at is not None

    @property
    def is_published(self) -> bool:
        return self.publication_id is not None
