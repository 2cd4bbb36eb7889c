"""What people send in this room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from allting.opinions import wording
from allting.opinions.actions import Said
from allting.opinions.models import Burst, Comparing, GroupName, Statement, View, Vote
from allting.record.kinds import Words

_VALUES = {"agree": Vote.Value.AGREE, "disagree": Vote.Value.DISAGREE, "pass": Vote.Value.PASS}


def word_of(value: int) -> str:
    """Return the word that a form sends for a vote."""
    return next(word for word, number in _VALUES.items() if number == value)


class VoteForm(forms.Form):
    """One press on one of three buttons.

    why    why the statement was shown, as the page said it; where it is missing, the person opened it themselves
    back   the page to come back to
    """

    answer = forms.CharField(required=False)
    why = forms.CharField(required=False)
    back = forms.ChoiceField(choices=[("", ""), ("mine", "mine")], required=False)

    def clean_answer(self) -> Vote.Value:
        said = str(self.cleaned_data["answer"])
        if said not in _VALUES:
            message = gettext("“%(said)s” is not an answer here. Press Agree, Disagree or Pass.")
            raise forms.ValidationError(message % {"said": said[:20]})
        return _VALUES[said]

    def clean_why(self) -> View.Why:
        said = self.cleaned_data["why"]
        return View.Why(said) if said in View.Why.values else View.Why.CHOSEN


class CompareForm(forms.Form):
    """One press on one of two statements, or beside them. `pair` is what was put together, sealed."""

    choice = forms.CharField(required=False)
    pair = forms.CharField(required=False)

    def clean_choice(self) -> Said:
        said = str(self.cleaned_data["choice"])
        if said not in set(Said):
            message = gettext("“%(said)s” is not a choice here. Press one of the two, or a button below them.")
            raise forms.ValidationError(message % {"said": said[:20]})
        return Said(said)


class ComparingForm(forms.Form):
    """How statements are compared: by which question, and which of them."""

    question = forms.CharField(
        label=_("The question above each pair"),
        help_text=_("One plain question that one of two statements answers."),
        max_length=Comparing._meta.get_field("question").max_length,
        error_messages={"required": _("Write the question that people answer.")},
    )
    which = forms.ChoiceField(label=_("Which statements"), widget=forms.RadioSelect)
    picked = forms.TypedMultipleChoiceField(
        label=_("Your pick"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self, *args: Any, offers: list[tuple[str, str]], statements: Sequence[Statement], **kwargs: Any
    ) -> None:
        """Offer these ways of choosing, and these statements to pick from; none where they are too many to read."""
        super().__init__(*args, **kwargs)
        which, picked = self.fields["which"], self.fields["picked"]
        assert isinstance(which, forms.ChoiceField)
        assert isinstance(picked, forms.ChoiceField)
        which.choices = offers
        picked.choices = [(one.pk, one.text) for one in statements]
        if not statements:
            del self.fields["picked"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        # Nothing picked would mean all to the action.
        if cleaned.get("which") == "picked" and not cleaned.get("picked"):
            self.add_error("picked", gettext("Pick at least three."))
        return cleaned


class SayForm(forms.Form):
    """A statement in somebody's own words."""

    text = forms.CharField(
        label=_("Your statement"),
        help_text=_("One thought that others can agree or disagree with. No names."),
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
        error_messages={"required": _("Write what you think first.")},
        max_length=Statement.LENGTH,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Django would count code points; people count letters, and a newline is no character of theirs.
        text = self.fields["text"]
        text.validators = [check for check in text.validators if getattr(check, "code", "") != "max_length"]

    def clean_text(self) -> str:
        text = wording.tidy(self.cleaned_data["text"])
        length = wording.count_characters(text)
        if not text:
            raise forms.ValidationError(gettext("Write what you think first."))
        if length > Statement.LENGTH:
            raise forms.ValidationError(say_too_long(length))
        return text


def say_too_long(length: int) -> str:
    """Say by how much a statement is too long."""
    words = ngettext(
        "This has %(length)d characters; %(limit)d fit. Shorten it by %(over)d, or make two statements of it.",
        "This has %(length)d characters; %(limit)d fit. Shorten it by %(over)d, or make two statements of it.",
        length,
    )
    return words % {"length": length, "limit": Statement.LENGTH, "over": length - Statement.LENGTH}


class SeedForm(forms.Form):
    """The facilitator's first statements, one a line."""

    text = forms.CharField(
        label=_("Statements, one on each line"),
        help_text=_("Twenty to forty, from all sides: what some will agree with and others will not."),
        widget=forms.Textarea(attrs={"rows": 14, "autocomplete": "off"}),
        error_messages={"required": _("Write or paste at least one statement.")},
    )
    step = forms.ChoiceField(choices=[("look", "look"), ("add", "add")], required=False, widget=forms.HiddenInput)


class DecideForm(forms.Form):
    """Accept a waiting statement, or decline it with a reason that its author reads."""

    verdict = forms.ChoiceField(
        choices=[("accept", "accept"), ("decline", "decline")],
        error_messages={"required": _("Choose Accept or Decline."), "invalid_choice": _("Choose Accept or Decline.")},
    )
    reason = forms.CharField(
        label=_("Reason, which the author reads"),
        required=False,
        max_length=Statement._meta.get_field("decline_reason").max_length,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("verdict") == "decline" and not cleaned.get("reason"):
            self.add_error("reason", gettext("Write one sentence why. Its author reads it."))
        return cleaned


class BurstForm(forms.Form):
    """Set a burst aside, for a reason that everybody reads on the results."""

    handle = forms.CharField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason, which everybody reads on the results"),
        max_length=Burst._meta.get_field("reason").max_length,
        error_messages={"required": _("Write one sentence why. Everybody reads it.")},
    )


class GroupNamesForm(forms.Form):
    """A name for each group of the map."""

    def __init__(self, *args: Any, letters: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for letter in letters:
            self.fields[letter] = forms.CharField(
                label=gettext("Group %(letter)s") % {"letter": letter},
                required=False,
                max_length=GroupName._meta.get_field("name").max_length,
            )


class _Files(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One file or several."""

    widget = _Files

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Return the files in a list."""
        files = (data if isinstance(data, (list, tuple)) else [data]) or [None]
        return [super(FilesField, self).clean(file, initial) for file in files]


class UploadForm(forms.Form):
    """An export of another tool."""

    export_files = FilesField(
        label=_("The files of the export"),
        help_text=_(
            "comments.csv, participants-votes.csv, summary.csv, and votes.csv where there is one; or a zip with them."
        ),
        widget=_Files(attrs={"accept": ".csv,.zip"}),
        error_messages={
            "required": _("Choose the files, or a zip file with them."),
            "empty": _("One of the files is empty."),
        },
    )
    attribution = forms.CharField(
        label=_("Where the data comes from"),
        help_text=_("The sentence that the data's licence asks for. It stands under every page that shows the data."),
        required=False,
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class HostSiteForm(forms.Form):
    """A site of others that may show the conversation."""

    address = forms.CharField(
        label=_("Address of the site"),
        help_text=_("Such as https://www.kommun.se. Any page of the site will do; the whole site may show it then."),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "url", "autocapitalize": "off"}),
        error_messages={"required": _("Write the address of the site.")},
        max_length=2_000,
    )


class LeaveForm(forms.Form):
    """What is to happen with what somebody did in a frame; no choice is made beforehand."""

    what = forms.ChoiceField(
        label=_("What should happen?"),
        choices=[
            ("forget", _("Let this device forget me. What I said still counts.")),
            (Words.NAMELESS, _("Take my answers back. My statements stay, without any name.")),
            (Words.BLANKED, _("Take my answers back and blank my statements.")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the three.")},
    )
