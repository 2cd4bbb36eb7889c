"""What people write in this room. A field that everybody will look for is asked for by the rules' own sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allting.people.forms import AddressField
from allting.people.models import Person
from allting.record.models import Item
from allting.record.viewers import Viewer
from allting.strategy import queries
from allting.strategy.actions.texts import StrategyWords
from allting.strategy.models import Change, Priority, Promise, StrategyVersion
from allting.strategy.rules import PriorityWords, PromiseWords
from allting.web.problems import Words

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

_MOST_VOICES = 30


def _long(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def _may_wait(label: _StrPromise, *, most: int, rows: int = 0, help_text: _StrPromise | str = "") -> forms.CharField:
    """A field that may still be empty; that everybody will look for it is said by the rules."""
    widget = _long(rows) if rows else forms.TextInput()
    return forms.CharField(label=label, help_text=help_text, required=False, max_length=most, widget=widget)


class Addresses(forms.CharField):
    """Addresses of pages, one a line, as they stand in the browser; `items` are found when it is cleaned."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            required=False,
            strip=True,
            widget=_long(3),
            help_text=gettext_lazy("The addresses of statements or other pages here, one on each line."),
            **kwargs,
        )


def _items_at(said: str, viewer: Viewer) -> list[Item]:
    addresses = list(dict.fromkeys(said.split()))
    if len(addresses) > _MOST_VOICES:
        raise ValidationError(_("At most %(count)d at a time. Take the strongest."), params={"count": _MOST_VOICES})
    found, unknown = queries.items_at(addresses, viewer=viewer)
    if unknown:
        raise ValidationError(
            _("Nothing that you can see lives at %(address)s. Copy the address from your browser."),
            params={"address": unknown[0]},
        )
    return found


class Strategy(forms.Form):
    """A new version of the text."""

    mission = forms.CharField(
        label=gettext_lazy("What we are here for"),
        max_length=StrategyVersion.TEXT_LENGTH,
        widget=_long(4),
        error_messages={"required": gettext_lazy("Write in a sentence or two what you are here for.")},
    )
    choices = forms.CharField(
        label=gettext_lazy("What we choose"),
        max_length=StrategyVersion.TEXT_LENGTH,
        widget=_long(6),
        error_messages={"required": gettext_lazy("Write what you choose. The priorities stand beside it.")},
    )
    not_done = forms.CharField(
        label=gettext_lazy("What we do not do"),
        max_length=StrategyVersion.TEXT_LENGTH,
        widget=_long(4),
        error_messages={"required": gettext_lazy("Write what you do not do. Without it, nothing was chosen.")},
    )
    note = forms.CharField(
        label=gettext_lazy("What is new, and why"),
        help_text=gettext_lazy("Everybody reads it beside the version."),
        max_length=StrategyVersion.NOTE_LENGTH,
        error_messages={"required": gettext_lazy("Say in a few words what is new, and why.")},
    )
    voices = Addresses(label=gettext_lazy("What people said that this rests on"))
    after = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._viewer = viewer

    def clean_voices(self) -> list[Item]:
        return _items_at(self.cleaned_data["voices"], self._viewer)

    def words(self) -> StrategyWords:
        said = self.cleaned_data
        return StrategyWords(mission=said["mission"], choices=said["choices"], not_done=said["not_done"])


class Explained(forms.Form):
    """A form that takes a rule's sentences as the errors of its fields."""

    def explain(self, missing: Mapping[str, Words]) -> None:
        for name, sentence in missing.items():
            self.add_error(name if name in self.fields else None, str(sentence))


class PriorityText(Explained):
    """The words of a priority; what may still be empty is said by `rules.missing_in_priority`."""

    title = forms.CharField(
        label=gettext_lazy("The priority, in a few plain words"),
        max_length=Item.TITLE_LENGTH,
        error_messages={"required": gettext_lazy("Name the priority in a few plain words.")},
    )
    success = _may_wait(gettext_lazy("How people will see that it succeeded"), most=Priority.TEXT_LENGTH, rows=3)
    not_done = _may_wait(
        gettext_lazy("What is not done"),
        help_text=gettext_lazy("So that nobody waits for it."),
        most=Priority.TEXT_LENGTH,
        rows=2,
    )
    what_stops = _may_wait(
        gettext_lazy("What stops, so that there is room"),
        help_text=gettext_lazy("Needed from the tenth priority on."),
        most=Priority.TEXT_LENGTH,
        rows=2,
    )

    def words(self) -> PriorityWords:
        said = self.cleaned_data
        return PriorityWords(
            title=said.get("title", ""),
            success=said.get("success", ""),
            not_done=said.get("not_done", ""),
            what_stops=said.get("what_stops", ""),
            is_own_initiative=said.get("is_own_initiative", False),
        )


class PriorityDraft(PriorityText):
    """A priority that is proposed, with what it rests on."""

    is_own_initiative = forms.BooleanField(label=gettext_lazy("An own initiative: nobody asked for it"), required=False)
    evidence = Addresses(label=gettext_lazy("What people said that this rests on"))

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._viewer = viewer

    def clean_evidence(self) -> list[Item]:
        return _items_at(self.cleaned_data["evidence"], self._viewer)


def _why() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Why, in a sentence that everybody reads"),
        max_length=Change.REASON_LENGTH,
        widget=_long(2),
        error_messages={"required": gettext_lazy("Say why. It stands in public, for good.")},
    )


class PriorityChange(PriorityText):
    """A change of what is under way, and why."""

    reason = _why()


class Ending(Explained):
    """The end of a priority, and why."""

    state = forms.ChoiceField(
        label=gettext_lazy("How it ends"),
        choices=[
            (Priority.State.DELIVERED.value, gettext_lazy("It is delivered")),
            (Priority.State.RETIRED.value, gettext_lazy("We give it up")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose how it ends.")},
    )
    reason = _why()


class Owner(forms.Form):
    """Somebody who has a role here, or an address to invite."""

    person = forms.ChoiceField(label=gettext_lazy("Somebody who is here"), required=False, widget=forms.Select)
    address = AddressField(
        label=gettext_lazy("Or somebody else, by mail"),
        help_text=gettext_lazy("They get an invitation, and own the priority when they accept."),
        required=False,
    )

    def __init__(self, *args: Any, people: Iterable[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in people}
        field = self.fields["person"]
        assert isinstance(field, forms.ChoiceField)
        named = [
            (pk, f"{person}, {person.title}" if person.title else str(person)) for pk, person in self.people.items()
        ]
        field.choices = [("", gettext_lazy("Choose a person")), *named]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if not self.errors and bool(said.get("person")) == bool(said.get("address")):
            raise ValidationError(_("Choose a person, or write a mail address: one of the two."))
        return said

    @property
    def owner(self) -> Person | None:
        return self.people.get(self.cleaned_data["person"])


class PromiseText(Explained):
    """The words of a promise; what may still be empty is said by `rules.missing_in_promise`."""

    wording = forms.CharField(
        label=gettext_lazy("The promise, in one sentence"),
        help_text=gettext_lazy("What somebody outside will be able to see: “Nine of ten drives meet one red light.”"),
        max_length=Promise.WORDING_LENGTH,
        widget=_long(3),
        error_messages={"required": gettext_lazy("Write what you promise.")},
    )
    threshold = _may_wait(
        gettext_lazy("From when on it is kept"),
        help_text=gettext_lazy("With a figure: “nine of ten drives, measured in October”."),
        most=Promise.PART_LENGTH,
    )
    due_on = forms.DateField(
        label=gettext_lazy("By when"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    audience = _may_wait(
        gettext_lazy("To whom"),
        help_text=gettext_lazy("“Everyone who drives, rides or takes the bus there.”"),
        most=Promise.PART_LENGTH,
    )
    today = _may_wait(
        gettext_lazy("How it is now"),
        help_text=gettext_lazy("With the number of people or cases, and when. Leave it empty if nobody knows."),
        most=Promise.PART_LENGTH,
    )
    not_done = _may_wait(gettext_lazy("What is not done"), most=Promise.PART_LENGTH)
    how_checked = _may_wait(gettext_lazy("Who checks it, and how"), most=Promise.PART_LENGTH)

    def words(self) -> PromiseWords:
        said = self.cleaned_data
        return PromiseWords(
            wording=said.get("wording", ""),
            threshold=said.get("threshold", ""),
            due_on=said.get("due_on"),
            audience=said.get("audience", ""),
            today=said.get("today", ""),
            not_done=said.get("not_done", ""),
            how_checked=said.get("how_checked", ""),
        )


class PromiseChange(PromiseText):
    """A change of what was promised, and why."""

    reason = _why()


class Withdrawal(Explained):
    """Why a promise is taken back."""

    reason = _why()
