"""What people write and choose in this room."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.forms.utils import ErrorDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allting.choice import rules
from allting.choice.actions import Wording
from allting.choice.models import Coarse, Decision, Option, Round

_MOST_SEATS = 50
_MOST_APPROVALS = 200
# Beside what was chosen: enough to choose from, and not all of 896.
_OTHERS_SHOWN = 30


class Ballot(forms.Form):
    """What somebody approves. The page draws the rows; this form reads and counts them."""

    options = forms.MultipleChoiceField(required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("I am here mostly as"),
        help_text=gettext_lazy(
            "You can leave it empty. It is shown only for kinds with five ballots or more, never for one."
        ),
        choices=[("", gettext_lazy("I would rather not say")), *Coarse.choices],
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(
        self, *args: Any, options: Iterable[Option], limit: int, may_be_blank: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.limit = limit
        self._may_be_blank = may_be_blank
        field = self.fields["options"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(str(option.pk), option.words) for option in options]

    @property
    def picked(self) -> set[int]:
        """What was ticked, whether or not it can be cast."""
        field = self.fields["options"]
        assert isinstance(field, forms.MultipleChoiceField)
        sent = field.widget.value_from_datadict(self.data, self.files, "options") if self.is_bound else ()
        return {int(value) for value in sent if field.valid_value(value)}

    def clean_options(self) -> list[int]:
        picked = sorted({int(value) for value in self.cleaned_data["options"]})
        if not picked and not self._may_be_blank:
            raise ValidationError(_("Take at least one that you could stand behind."))
        if len(picked) > self.limit:
            raise ValidationError(
                _("That makes %(count)d. A ballot takes %(limit)d: let some go first. Nothing is lost."),
                params={"count": len(picked), "limit": self.limit},
            )
        return picked


class Receipt(forms.Form):
    words = forms.CharField(
        label=gettext_lazy("The words of your receipt"),
        help_text=gettext_lazy("Eight words, in their order. Capitals and spaces do not matter."),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Write the words that you were shown when you cast your ballot.")},
    )


class Wordings(forms.Form):
    title = forms.CharField(
        label=gettext_lazy("The proposal, in a few plain words"),
        max_length=Option.TITLE_LENGTH,
        error_messages={"required": gettext_lazy("Write what is proposed.")},
    )
    text = forms.CharField(
        label=gettext_lazy("In one or two sentences"),
        required=False,
        max_length=Option.TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    cost = forms.IntegerField(
        label=gettext_lazy("What it costs"),
        help_text=gettext_lazy("Whole units of your currency. Leave it empty when places are given and not money."),
        required=False,
        min_value=1,
    )

    def wording(self) -> Wording:
        said = self.cleaned_data
        return Wording(title=said["title"], text=said["text"], cost=said["cost"])


class RoundSettings(forms.Form):
    seats = forms.IntegerField(
        label=gettext_lazy("How many are chosen"),
        help_text=gettext_lazy("About nine: as many as people keep in mind."),
        initial=Round.SEATS,
        validators=[MinValueValidator(1), MaxValueValidator(_MOST_SEATS)],
    )
    approvals_limit = forms.IntegerField(
        label=gettext_lazy("How many a ballot may take"),
        help_text=gettext_lazy("Eight to twelve work well."),
        initial=Round.APPROVALS,
        validators=[MinValueValidator(1), MaxValueValidator(_MOST_APPROVALS)],
    )
    budget = forms.IntegerField(
        label=gettext_lazy("Money to share out"),
        help_text=gettext_lazy("Only if every proposal has a cost. Then the money is shared out, and not the places."),
        required=False,
        min_value=1,
    )


class Shortlist(forms.Form):
    """How a shortlist is taken before a round. Its day is checked by the action, which knows the round."""

    last_day = forms.DateField(
        label=gettext_lazy("Last day of the shortlist"),
        help_text=gettext_lazy("The round itself opens on the day after, with what goes on."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    shown_each = forms.IntegerField(
        label=gettext_lazy("How many each person sees"),
        help_text=gettext_lazy("Ten to twenty are read without skipping."),
        initial=rules.SHOWN_EACH,
        validators=[MinValueValidator(5), MaxValueValidator(40)],
    )
    size = forms.IntegerField(
        label=gettext_lazy("How many go on"),
        help_text=gettext_lazy("About thirty: as many as fit on one ballot that people read to the end."),
        initial=rules.SHORTLIST_SIZE,
        validators=[MinValueValidator(2), MaxValueValidator(rules.MOST_OPTIONS)],
    )


class Departure(forms.Form):
    """Other options than were chosen, with the reason that everybody reads.

    chosen   what the outcome chose; nothing where too few voted to say what came out
    """

    options = forms.MultipleChoiceField(
        label=gettext_lazy("What you decide on"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Decide on at least one.")},
    )
    reason = forms.CharField(
        label=gettext_lazy("Your reason, which everybody reads"),
        max_length=Decision.REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": gettext_lazy("To depart from the outcome needs a reason that everybody can read.")},
    )

    def __init__(
        self,
        *args: Any,
        options: Iterable[Option],
        chosen: Iterable[int] = (),
        nearest: Iterable[int] = (),
        find: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._chosen = list(chosen)
        titles = {option.pk: option.words for option in options}
        field = self.fields["options"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(str(pk), titles[pk]) for pk in titles]
        ticked = {str(value) for value in self["options"].value() or ()}
        picked = {pk for pk in titles if str(pk) in ticked}
        others = [pk for pk in (*nearest, *titles) if pk not in self._chosen and pk not in picked]
        others = [pk for pk in dict.fromkeys(others) if not find or find.casefold() in titles[pk].casefold()]
        shown = [*self._chosen, *sorted(picked & titles.keys() - set(self._chosen)), *others[:_OTHERS_SHOWN]]
        # All can be decided on; those that are shown are the chosen, what was ticked, and the nearest or those found.
        field.widget.choices = [(str(pk), titles[pk]) for pk in shown]
        self.hidden_count = len(titles) - len(shown)

    def forgive(self) -> None:
        """Show what was ticked and written without a word about what is missing: somebody only searched."""
        self._errors = ErrorDict()

    def clean_options(self) -> list[int]:
        """Return the options in the order of the outcome, those taken instead after them."""
        picked = {int(value) for value in self.cleaned_data["options"]}
        if picked == set(self._chosen):
            raise ValidationError(_("These are the ones that were chosen. Confirm them, or change the list."))
        return [pk for pk in self._chosen if pk in picked] + sorted(picked - set(self._chosen))


class Confirmation(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("What you want to say with it"),
        required=False,
        max_length=Decision.REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
