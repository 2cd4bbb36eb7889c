"""What people type about processes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.translation import get_language_info, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from allting.people.models import Person
from allting.processes import rules
from allting.processes.actions import Choices, Right
from allting.processes.blueprints import Blueprint, PhasePlan
from allting.processes.models import Activity, DecisionRight, Extension, Participation, Phase, Process, Relation
from allting.web.numbers import day

LONGEST_WEEKS = 26
ANSWER_DAYS = (14, 30, 60)
QUESTION_LENGTH = 160


class LaterField(forms.Field):
    """Mixin: announcing needs it, a draft may leave it empty, so it says neither "required" nor "may be left out"."""

    def validate(self, value: object) -> None:
        if value not in self.empty_values:
            super().validate(value)


class LaterText(LaterField, forms.CharField):
    pass


class LaterDay(LaterField, forms.DateField):
    pass


class LaterNumber(LaterField, forms.TypedChoiceField):
    pass


def _day_input() -> forms.DateInput:
    # The browser's own calendar takes and gives ISO days in every language.
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


def _lines(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def _weeks(count: int) -> str:
    return ngettext("%(count)d week", "%(count)d weeks", count) % {"count": count}


class SevenChoices(forms.Form):
    """The seven choices that start a process. A draft needs the question; announcing needs the rest."""

    use_required_attribute = False

    question = forms.CharField(
        label=gettext_lazy("Your question"),
        help_text=gettext_lazy("One question a stranger understands. It becomes the headline."),
        max_length=QUESTION_LENGTH,
        widget=_lines(2),
        error_messages={"required": gettext_lazy("Write the question. Everything else can wait.")},
    )
    open_to = forms.ChoiceField(
        label=gettext_lazy("Who may take part"), choices=Process.OpenTo.choices, widget=forms.RadioSelect
    )
    audience = forms.CharField(
        label=gettext_lazy("In your own words"),
        help_text=gettext_lazy("For instance: everyone who lives or works here."),
        max_length=200,
        required=False,
    )
    starts_on = LaterDay(label=gettext_lazy("First day"), widget=_day_input())
    weeks = LaterNumber(label=gettext_lazy("Open for"), coerce=int, empty_value=None)
    decider_name = LaterText(label=gettext_lazy("Name"), max_length=100)
    decider_title = forms.CharField(label=gettext_lazy("Title, such as mayor"), max_length=100, required=False)
    up_for_decision = LaterText(
        label=gettext_lazy("What this person decides with it"),
        help_text=gettext_lazy("For instance: which of your proposals we do first, and what we leave."),
        max_length=DecisionRight.WHAT_LENGTH,
        widget=_lines(2),
    )
    not_up_for_decision = LaterText(
        label=gettext_lazy("What is not up for decision"),
        help_text=gettext_lazy(
            "The most important line on the page. Most complaints elsewhere come from leaving it empty."
        ),
        max_length=1000,
        widget=_lines(3),
    )
    answer_days = forms.TypedChoiceField(
        label=gettext_lazy("Days until everyone has an answer"),
        help_text=gettext_lazy("Counted from the closing day."),
        coerce=int,
        widget=forms.RadioSelect,
    )
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one language.")},
    )

    def __init__(self, *args: Any, today: date, blueprint: Blueprint, days: int = 30, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.later = [_later_name(number) for number, plan in _later_plans(blueprint) if plan.weeks]
        for number, plan in _later_plans(blueprint):
            if plan.weeks:
                self.fields[_later_name(number)] = _later_weeks(plan)
        weeks = self.fields["weeks"]
        answer_days = self.fields["answer_days"]
        languages = self.fields["languages"]
        assert isinstance(weeks, forms.ChoiceField)
        assert isinstance(answer_days, forms.ChoiceField)
        assert isinstance(languages, forms.ChoiceField)
        weeks.choices = [("", "–"), *((count, _weeks(count)) for count in range(1, LONGEST_WEEKS + 1))]
        answer_days.choices = [(count, str(count)) for count in sorted({*ANSWER_DAYS, days})]
        languages.choices = [
            (code, get_language_info(code)["name_local"].capitalize()) for code, _name in settings.LANGUAGES
        ]

    def clean_question(self) -> str:
        """Write it on one line: it becomes a headline."""
        return " ".join(str(self.cleaned_data["question"]).split())

    def clean_starts_on(self) -> date | None:
        starts_on: date | None = self.cleaned_data["starts_on"]
        if starts_on and starts_on < self.today:
            raise ValidationError(_("%(day)s has passed. Choose today or a later day.") % {"day": day(starts_on)})
        return starts_on

    def choices(self, *, sponsor: Person | None = None) -> Choices:
        """Return what was chosen so far; what cannot be read is left out, for the preview."""
        chosen = self.cleaned_data if self.is_bound else self.initial
        return Choices(
            question=chosen.get("question") or "",
            open_to=Process.OpenTo(chosen.get("open_to") or Process.OpenTo.LINK),
            audience=chosen.get("audience") or "",
            starts_on=chosen.get("starts_on"),
            weeks=chosen.get("weeks"),
            decider_name=chosen.get("decider_name") or "",
            decider_title=chosen.get("decider_title") or "",
            up_for_decision=chosen.get("up_for_decision") or "",
            not_up_for_decision=chosen.get("not_up_for_decision") or "",
            answer_days=chosen.get("answer_days") or 30,
            languages=tuple(chosen.get("languages") or ()),
            sponsor=sponsor,
            weeks_after=tuple(chosen.get(name) for name in self.later),
        )

    def later_fields(self) -> list[BoundField]:
        """Return how long each later step is."""
        return [self[name] for name in self.later]

    def stones(self) -> dict[str, str]:
        """Return for each of the seven whether it is done, here (the first that is not) or coming."""
        choices = self.choices()
        is_done = {
            "question": bool(choices.question),
            "open_to": True,
            "dates": bool(choices.last_day),
            "decider": bool(choices.decider_name and choices.up_for_decision),
            "not_up_for_decision": bool(choices.not_up_for_decision),
            "answer_days": True,
            "languages": bool(choices.languages),
        }
        here = next((name for name, done in is_done.items() if not done), None)
        return {name: "done" if done else "here" if name == here else "coming" for name, done in is_done.items()}


def _later_plans(blueprint: Blueprint) -> list[tuple[int, PhasePlan]]:
    return list(enumerate(blueprint.phases, start=1))[1:]


def _later_name(number: int) -> str:
    return f"weeks_{number}"


def _later_weeks(plan: PhasePlan) -> LaterNumber:
    return LaterNumber(
        label=_("Then %(step)s for") % {"step": str(plan.kind.label).lower()},
        choices=[(count, _weeks(count)) for count in range(1, LONGEST_WEEKS + 1)],
        coerce=int,
        empty_value=None,
        initial=plan.weeks,
    )


def choices_again(earlier: Process, today: date) -> Choices:
    """Return the choices of an earlier process for the same week of another year: as they were held, but the dates."""
    again = choices_of(earlier)
    starts_on = rules.same_week_next_year(again.starts_on, today) if again.starts_on else None
    return replace(again, starts_on=starts_on)


def choices_of(process: Process) -> Choices:
    """Return the choices that a draft was saved with; of a process that was held, the weeks it had in the end."""
    # The first phase has the dates that were chosen; those of a longer template follow from them.
    first, *later = process.phases.all()
    starts_on = rules.local_day(first.starts_at) if first.starts_at else None
    return Choices(
        question=process.item.title,
        open_to=Process.OpenTo(process.open_to),
        audience=process.audience,
        starts_on=starts_on,
        weeks=_weeks_of(first),
        decider_name=process.decider_name,
        decider_title=process.decider_title,
        up_for_decision=process.up_for_decision,
        not_up_for_decision=process.not_up_for_decision,
        answer_days=process.answer_days,
        languages=tuple(process.languages),
        sponsor=process.sponsor,
        weeks_after=tuple(_weeks_of(phase) for phase in later),
    )


def _weeks_of(phase: Phase) -> int | None:
    """Return how many weeks a phase has, to the nearest and at least one; None without both days."""
    if not phase.starts_at or not phase.ends_at:
        return None
    days = (rules.local_day(phase.ends_at) - rules.local_day(phase.starts_at)).days
    return min(max(1, round(days / 7)), LONGEST_WEEKS)


def initial_of(choices: Choices) -> Mapping[str, object]:
    """Return the choices as the form shows them."""
    chosen = {name: getattr(choices, name) for name in SevenChoices.base_fields}
    later = {_later_name(number): weeks for number, weeks in enumerate(choices.weeks_after, start=2) if weeks}
    return chosen | later


class DecisionRights(forms.Form):
    """Who decides what, for each phase: two fields a phase."""

    use_required_attribute = False

    def __init__(self, *args: Any, phases: Sequence[Phase], decider: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.phases = phases
        for phase in phases:
            right = rules.right_of(phase)
            self.fields[f"who_{phase.pk}"] = forms.CharField(
                label=_("Who decides"),
                max_length=DecisionRight.WHO_LENGTH,
                initial=right.who if right else decider,
                error_messages={"required": _("Name who decides in this step.")},
            )
            self.fields[f"what_{phase.pk}"] = forms.CharField(
                label=_("What is decided"),
                max_length=DecisionRight.WHAT_LENGTH,
                initial=right.what if right else "",
                widget=_lines(2),
                error_messages={"required": _("Say what is decided in this step.")},
            )

    def steps(self) -> list[tuple[Phase, BoundField, BoundField]]:
        """Return each phase with its two fields."""
        return [(phase, self[f"who_{phase.pk}"], self[f"what_{phase.pk}"]) for phase in self.phases]

    def rights(self) -> dict[int, Right]:
        return {
            phase.pk: Right(who=self.cleaned_data[f"who_{phase.pk}"], what=self.cleaned_data[f"what_{phase.pk}"])
            for phase in self.phases
        }


class LongerTime(forms.Form):
    """A later closing day for one activity, and what everybody is told about it."""

    use_required_attribute = False

    until = forms.DateField(
        label=gettext_lazy("New last day"),
        widget=_day_input(),
        error_messages={"required": gettext_lazy("Choose the new last day.")},
    )
    note = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("Everybody reads this on the page."),
        max_length=Extension.NOTE_LENGTH,
        widget=_lines(3),
        error_messages={"required": gettext_lazy("Say why. People planned with the day you promised.")},
    )

    def __init__(
        self, *args: Any, activities: Sequence[Activity], titles: Mapping[int, str | Promise], **kwargs: Any
    ) -> None:
        """Ask which one only where there are several; `titles` by the activity's id, what closes next first."""
        super().__init__(*args, **kwargs)
        self.activities = {one.pk: one for one in activities}
        if len(activities) > 1:
            which = forms.TypedChoiceField(
                label=_("What gets more time"),
                choices=[(one.pk, f"{titles[one.pk]}, {_until(one)}") for one in activities],
                coerce=int,
                initial=activities[0].pk,
                widget=forms.RadioSelect,
            )
            self.fields = {"which": which, **self.fields}
        else:
            promised = day(_last_day_of(activities[0]))
            self.fields["until"].help_text = _("Promised until now: %(day)s.") % {"day": promised}

    def activity(self) -> Activity:
        """Return what was chosen; the only one where there was nothing to choose."""
        return self.activities[self.cleaned_data.get("which") or next(iter(self.activities))]

    def clean_until(self) -> date:
        until: date = self.cleaned_data["until"]
        promised = _last_day_of(self.activity())
        if until <= promised:
            raise ValidationError(
                _("%(day)s is not later than %(promised)s, the day you promised.")
                % {"day": day(until), "promised": day(promised)}
            )
        return until


def _last_day_of(activity: Activity) -> date:
    assert activity.closes_at is not None  # only what has a last day can get more time
    return rules.local_day(activity.closes_at)


def _until(activity: Activity) -> str:
    return _("until %(day)s") % {"day": day(_last_day_of(activity))}


class OwnRelation(forms.Form):
    """What somebody is to the organisation; empty: they would rather not say."""

    relation = forms.ChoiceField(
        label=gettext_lazy("To us, you are mostly a…"),
        choices=[("", gettext_lazy("I’d rather not say")), *Relation.choices],
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": gettext_lazy("Take one of these, or none.")},
    )


class OwnSatisfaction(forms.Form):
    """How satisfied somebody is with the organisation, 0 to 10; empty: they would rather not say."""

    satisfaction = forms.TypedChoiceField(
        label=gettext_lazy("How satisfied are you with us?"),
        help_text=gettext_lazy("0 is not at all, 10 is completely."),
        choices=[
            ("", gettext_lazy("I’d rather not say")),
            *((str(number), str(number)) for number in range(Participation.MOST_SATISFIED + 1)),
        ],
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": gettext_lazy("Take a number from 0 to 10, or none.")},
    )


class Frame(forms.Form):
    """How many of each relation are concerned, and which relations are offered at once."""

    MOST_PEOPLE = 10_000_000_000

    asked_first = forms.MultipleChoiceField(
        label=gettext_lazy("Offered at once"),
        help_text=gettext_lazy("Three to five fit on a phone. The others stand behind “Something else”."),
        choices=Relation.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for relation in Relation:
            self.fields[f"people_{relation}"] = forms.IntegerField(
                label=relation.label,
                required=False,
                min_value=0,
                max_value=self.MOST_PEOPLE,
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )

    def counts(self) -> list[BoundField]:
        return [self[f"people_{relation}"] for relation in Relation]

    def frame(self) -> dict[str, int]:
        """Return how many there are of each relation that was given a number."""
        given = {str(relation): self.cleaned_data[f"people_{relation}"] for relation in Relation}
        return {relation: people for relation, people in given.items() if people}


def initial_of_frame(frame: Mapping[str, int], asked_first: Sequence[str]) -> dict[str, object]:
    return {"asked_first": list(asked_first)} | {f"people_{relation}": people for relation, people in frame.items()}
