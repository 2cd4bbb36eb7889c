"""Who: accounts, devices, the organisation, roles, invitations and left addresses.

All personal data lives in this room. Everything else points at a `record.Actor`, which names nobody,
so that erasing a person is blanking rows here and asking the kinds to forget.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from allting.record.models import Actor, Item


class PersonManager(BaseUserManager["Person"]):
    pass


class Person(AbstractBaseUser):
    """Somebody with an account: an address that was confirmed by a code, and perhaps a name.

    `password` and `last_login` come from Django; the first is always unusable.
    """

    NAME_LENGTH = 100

    actor = models.OneToOneField(Actor, on_delete=models.PROTECT, related_name="person")
    address = models.EmailField(_("mail address"), null=True, blank=True)
    name = models.CharField(_("name"), max_length=NAME_LENGTH, blank=True, default="")
    title = models.CharField(_("title, such as mayor"), max_length=NAME_LENGTH, blank=True, default="")
    language = models.CharField(max_length=8, default="en")
    is_invented = models.BooleanField(default=False)
    joined_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, blank=True)

    USERNAME_FIELD = "address"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = PersonManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("address"), name="one_person_per_address"),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True) | Q(address__isnull=True, name="", title=""),
                name="erased_means_blank",
            ),
        ]

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        return self.erased_at is None

    def __str__(self) -> str:
        return self.name or str(_("Somebody without a name"))


class Session(AbstractBaseSession):
    """A signed-in browser. Knows its person, so that erasing them ends every session of theirs."""

    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="sessions")
    objects: ClassVar[BaseSessionManager[Session]] = BaseSessionManager()  # type: ignore[assignment]

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        # The store needs this table: the import has to wait for it.
        from allting.people.sessions import SessionStore  # noqa: PLC0415

        return SessionStore


class Device(models.Model):
    """A participant without account. Gets an Actor with its first vote, not by looking.

    `key_digest` is the SHA-256 of the random key in the signed cookie: a stolen database votes for nobody.
    """

    key_digest = models.CharField(max_length=64, unique=True)
    actor = models.OneToOneField(Actor, null=True, on_delete=models.PROTECT, related_name="device")
    made_at = models.DateTimeField()
    seen_on = models.DateField()


class Organisation(models.Model):
    """The one organisation of this installation: how it presents itself on every page."""

    name = models.CharField(_("name"), max_length=100)
    logo = models.ImageField(_("logo"), upload_to="logos/", blank=True)
    colour = models.CharField(
        _("colour"), max_length=7, blank=True, default="", validators=[RegexValidator(r"^#[0-9A-Fa-f]{6}$")]
    )
    contact = models.CharField(_("contact"), max_length=200, blank=True, default="")
    contact_address = models.EmailField(_("address for questions"), blank=True, default="")
    privacy_notice = models.TextField(_("privacy notice"), blank=True, default="")
    imprint = models.TextField(_("imprint"), blank=True, default="")
    is_invented = models.BooleanField(default=False)
    mail_url = models.CharField(max_length=300, blank=True, default="")
    mail_from = models.EmailField(blank=True, default="")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_organisation")]

    def __str__(self) -> str:
        return self.name


class RoleName(models.TextChoices):
    SPONSOR = "sponsor", _("sponsor")
    FACILITATOR = "facilitator", _("facilitator")
    DEPUTY = "deputy", _("deputy")
    LEAD = "lead", _("lead")
    MEMBER = "member", _("member")
    PARTICIPANT = "participant", _("participant")


class Role(models.Model):
    """What a person may do: for the whole installation, or within one item (a process)."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="roles")
    role = models.CharField(max_length=20, choices=RoleName)
    item = models.ForeignKey(Item, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    given_by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "role", "item"], name="one_role_within_an_item"),
            models.UniqueConstraint(fields=["person", "role"], condition=Q(item=None), name="one_role_for_all"),
        ]


class Invitation(models.Model):
    """A link to one address that gives one role, once, within 14 days. Only its digest is stored."""

    token_digest = models.CharField(max_length=64, unique=True)
    address = models.EmailField()
    role = models.CharField(max_length=20, choices=RoleName)
    item = models.ForeignKey(Item, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    invited_by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(Actor, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)


class EntryLink(models.Model):
    """The address behind a QR code: lets whoever opens it take part in an item. Gives no role."""

    token = models.CharField(max_length=32, unique=True)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)


class Entry(models.Model):
    """A person or device came in through an entry link and may take part in its item."""

    link = models.ForeignKey(EntryLink, on_delete=models.PROTECT, related_name="entries")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    device = models.ForeignKey(Device, null=True, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["link", "person"], condition=Q(person__isnull=False), name="person_enters_once"
            ),
            models.UniqueConstraint(
                fields=["link", "device"], condition=Q(device__isnull=False), name="device_enters_once"
            ),
        ]


class MailedCode(models.Model):
    """Six digits sent to an address: valid for ten minutes and three tries, stored as a keyed digest."""

    class Purpose(models.TextChoices):
        SIGN_IN = "sign_in", _("sign in")
        FOLLOW = "follow", _("tell me what comes of it")

    handle = models.CharField(max_length=43, unique=True)
    purpose = models.CharField(max_length=10, choices=Purpose)
    address = models.EmailField()
    code_digest = models.CharField(max_length=64)
    item = models.ForeignKey(Item, null=True, on_delete=models.PROTECT, related_name="+")
    actor = models.ForeignKey(Actor, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries_left = models.PositiveSmallIntegerField(default=3)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["address", "made_at"])]


class LeftAddress(models.Model):
    """Where to write what came of an item. Used for that and for nothing else; nobody can list it.

    Exists only once its code was confirmed. Gone by its removal link, or when `forget_on` has come.
    """

    actor = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="left_addresses")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    address = models.EmailField()
    language = models.CharField(max_length=8, default="en")
    removal_key = models.CharField(max_length=43, unique=True)
    confirmed_at = models.DateTimeField()
    forget_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor", "item"], name="one_left_address_per_item")]


class QueuedMail(models.Model):
    """A mail on its way. The row goes when it is sent, but in the demo, which shows what was sent."""

    key = models.CharField(max_length=100, unique=True)
    actor = models.ForeignKey(Actor, null=True, on_delete=models.PROTECT, related_name="+")
    address = models.EmailField()
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField(default="", blank=True)
    queued_at = models.DateTimeField()
    due_at = models.DateTimeField()
    worth_until = models.DateTimeField(null=True, help_text="A code that has expired is not sent any more.")
    tries_count = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        indexes = [models.Index(fields=["due_at"], condition=Q(sent_at__isnull=True), name="mail_open")]
