"""What people type into the pages of this room."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from allting.people import codes, pictures, post
from allting.people.models import Invitation, Organisation, Person, RoleName
from allting.record.kinds import Words
from allting.web import colours

_ADDRESS_ERRORS = {
    "required": _("Write your mail address."),
    "invalid": _("A mail address has a name, an @ and a place, such as anna.lund@example.org."),
}


class AddressField(forms.EmailField):
    """A mail address, kept in lower case so that one person is one person."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Mail address"))
        kwargs.setdefault("error_messages", _ADDRESS_ERRORS)
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("autocomplete", "email")

    def clean(self, value: Any) -> Any:
        return super().clean(value).lower()


class Address(forms.Form):
    address = AddressField()


class Code(forms.Form):
    """Six digits; spaces and hyphens in between are fine."""

    digits = forms.CharField(
        label=_("Code"),
        max_length=20,
        error_messages={"required": _("Write the six digits from the mail.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "input-code"}),
    )

    def clean_digits(self) -> str:
        digits = "".join(self.cleaned_data["digits"].replace("-", " ").split())
        if wrong := codes.describe_length(digits):
            raise ValidationError(wrong)
        return digits


class FirstFacilitator(forms.Form):
    name = forms.CharField(
        label=_("Your name"),
        max_length=Person.NAME_LENGTH,
        error_messages={"required": _("Write your name; people see who looks after this.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    address = AddressField(label=_("Your mail address"), help_text=_("With it you sign in again."))


class Profile(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=Person.NAME_LENGTH,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    title = forms.CharField(
        label=_("Title"), help_text=_("Such as mayor or head of care."), max_length=Person.NAME_LENGTH, required=False
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, widget=forms.RadioSelect)


class Erase(forms.Form):
    """What is to happen with the words; no choice is made beforehand."""

    words = forms.ChoiceField(
        label=_("What you wrote"),
        choices=[
            (Words.NAMELESS, _("Leave my statements, without any name")),
            (Words.BLANKED, _("Blank my statements too")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what happens with what you wrote.")},
    )


_ROLES = (
    (RoleName.SPONSOR, _("Sponsor: asks, and answers for what comes of it")),
    (RoleName.FACILITATOR, _("Facilitator: prepares it, invites, looks after it")),
    (RoleName.DEPUTY, _("Deputy: stands in when the facilitator is away")),
    (RoleName.LEAD, _("Lead: carries out what was decided")),
    (RoleName.MEMBER, _("Member: takes part as one of the organisation")),
    (RoleName.PARTICIPANT, _("Participant: takes part from outside, such as a customer")),
)


class Invite(forms.Form):
    """roles: what whoever invites may give."""

    address = AddressField(
        label=_("Mail address"),
        error_messages=_ADDRESS_ERRORS | {"required": _("Write the mail address of the person you invite.")},
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        max_length=Invitation._meta.get_field("address").max_length,
    )
    role = forms.ChoiceField(
        label=_("Role"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose what the person will do here."),
            "invalid_choice": _("Choose one of these; only the facilitator gives other roles."),
        },
    )

    def __init__(self, *args: Any, roles: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role = self.fields["role"]
        assert isinstance(role, forms.ChoiceField)
        role.choices = [(name, words) for name, words in _ROLES if name in roles]


class OrganisationForm(forms.ModelForm[Organisation]):
    """Name, looks and notices. The logo is drawn anew while it is checked."""

    logo = forms.FileField(
        label=_("Logo"),
        help_text=_("PNG, JPEG or WebP. It stands small on every page."),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )
    remove_logo = forms.BooleanField(label=_("Take the logo away"), required=False)

    class Meta:
        model = Organisation
        fields = ("name", "colour", "contact", "contact_address", "privacy_notice", "imprint")
        labels = {"name": _("Name of the organisation"), "contact": _("Who answers questions")}
        help_texts = {
            "colour": _("Six digits, such as #0B5345. It replaces the green of buttons and links."),
            "contact": _("A person with a role, such as Priya Raman, facilitator."),
            "privacy_notice": _("Leave it empty, and our own notice is shown."),
            "imprint": _("Leave it empty, and name and contact are shown."),
        }
        error_messages = {
            "name": {"required": _("Write the name of the organisation.")},
            "contact_address": {"invalid": _ADDRESS_ERRORS["invalid"]},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.passing_tone = ""
        if not self.instance.logo:
            del self.fields["remove_logo"]
        self.order_fields(["name", "logo", "remove_logo"])

    def clean_colour(self) -> str:
        written = str(self.cleaned_data["colour"]).strip()
        if not written:
            return ""
        if not colours.is_colour(written):
            raise ValidationError(_("A colour has six digits from 0 to 9 and A to F, such as #0B5345."))
        colour = f"#{written.lstrip('#').upper()}"
        if not colours.passes(colour):
            self.passing_tone = colours.nearest_passing_tone(colour)
            raise ValidationError(
                _("Words in %(colour)s cannot be read on our paper. The nearest tone that can is %(tone)s."),
                params={"colour": colour, "tone": self.passing_tone},
            )
        return colour

    def clean_logo(self) -> Any:
        upload: UploadedFile[bytes] | None = self.cleaned_data["logo"]
        if not upload:
            return None
        try:
            return pictures.draw_logo(upload, size=upload.size or 0)
        except pictures.UnreadablePicture as unreadable:
            raise ValidationError(unreadable.sentence) from unreadable


class Mail(forms.Form):
    """The stored address holds a password: it is asked for, and never shown again."""

    mail_url = forms.CharField(
        label=_("Mail server"),
        help_text=_("smtp+tls://name:password@mail.example.org:587, or smtps:// or smtp://."),
        max_length=Organisation._meta.get_field("mail_url").max_length,
        error_messages={"required": _("Write the address of the mail server.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}),
    )
    mail_from = AddressField(label=_("Sender"), help_text=_("The address that our mail comes from."))

    def clean_mail_url(self) -> str:
        url = str(self.cleaned_data["mail_url"]).strip()
        try:
            post.read_mail_url(url, sender="")
        except post.UnreadableMailUrl as unreadable:
            raise ValidationError(unreadable.sentence) from unreadable
        return url
