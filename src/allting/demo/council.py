"""What the invented council says: what it put to the choice, what it takes on, what it promises.

Statements go by the number they have in the city's export. Everything else here is invented, and every page of the
story says so. Plain English, as a council would write for its own people.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from allting.demo.people import DANA, ELENA, MARCUS, Role
from allting.strategy.actions.texts import StrategyWords
from allting.strategy.rules import PriorityWords

QUESTION = "What should change first in Bowling Green and Warren County?"
AUDIENCE = "Everyone who lives or works here"
UP_FOR_DECISION = "Nine priorities for the city and the county until 2030, and what is promised for each."
NOT_UP_FOR_DECISION = "The tax rate for 2027, the contract with the transit operator, and what state law settles."
# Who decides what in each phase: listening, shaping, choosing, executing.
RIGHTS = (
    ("Dana Whitlock, mayor", "What becomes of each thing that was said. Everyone gets an answer, with its reason."),
    ("Priya Raman, facilitator", "Which thirty statements stand on the ballot, in their authors’ own words."),
    ("Everyone who casts a ballot, then Dana Whitlock, mayor", "Which nine come first. A departure has its reason."),
    ("The owner of each priority", "What is promised, to whom, and by when."),
)

# What the facilitator took from the map: what unites, what a group stands for, where people part ways.
SHORTLIST = (
    *(82, 66, 128, 148, 258),  # roads
    *(47, 58, 104, 183, 366, 222),  # the river, downtown, green
    *(21, 39, 16, 101),  # schools and work
    *(10, 23, 34),  # people in need
    *(86, 185, 113),  # who we are to each other
    *(57, 163, 68, 64),  # buses, bicycles, fire brigades, internet
    *(107, 170, 174),  # homes
    *(126, 127),  # open government
)
# Fixed, so that every start of the example breaks ties alike. A real round draws its own.
SEED = "a living example has no secret lot"


@dataclass(frozen=True, slots=True)
class Departure:
    """The one point in which the sponsor decides otherwise than the outcome."""

    dropped: int
    added: int
    reason: str


DEPARTURE = Departure(
    dropped=58,
    added=128,
    reason=(
        "Two of the nine ask for the same thing: the river. We take them up together, as one. The place that becomes "
        "free goes to a proposal that narrowly missed and that both groups stand behind: roads first, then new "
        "development. Nobody who asked for the river loses anything by it."
    ),
)


@dataclass(frozen=True, slots=True)
class PromiseMade:
    """A promise and when it is due, in months after the decision."""

    wording: str
    threshold: str
    months: int
    audience: str
    today: str
    not_done: str
    how_checked: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What an owner takes on. `also_rests_on` names options that are taken up together with it."""

    owner: Role
    words: PriorityWords
    promise: PromiseMade
    also_rests_on: tuple[int, ...] = ()


PLANS: Mapping[int, Plan] = {
    82: Plan(
        MARCUS,
        PriorityWords(
            title="Get traffic flowing, Scottsville Road first",
            success="Whoever drives along Scottsville Road at rush hour arrives when they expected to.",
            not_done="We do not widen the road: new lanes would be full again within a few years.",
        ),
        PromiseMade(
            wording="At rush hour, nine of ten drives along Scottsville Road take less than fifteen minutes.",
            threshold="Nine of ten measured drives, on school days between four and six",
            months=18,
            audience="Everyone who drives, rides or takes the bus there",
            today="Not measured yet. The first measurement comes before any light is timed anew.",
            not_done="No new lanes.",
            how_checked="Measured each autumn on ten school days, and published with every drive.",
        ),
    ),
    66: Plan(
        MARCUS,
        PriorityWords(
            title="Time the traffic lights for rush hour",
            success="The lights along one road work together, and nobody waits at an empty crossing for long.",
            not_done="We do not buy a new system for the whole county at once.",
        ),
        PromiseMade(
            wording="All traffic lights on the busiest roads are timed anew.",
            threshold="All lights on Scottsville Road, Campbell Lane and the bypass",
            months=12,
            audience="Everyone who drives at rush hour",
            today="The timing has not been looked at as a whole before.",
            not_done="Lights that belong to the state: we ask, and the state decides.",
            how_checked="A list of all lights with the day on which each was timed.",
        ),
    ),
    128: Plan(
        MARCUS,
        PriorityWords(
            title="Roads first, then new development",
            success="New homes and shops open when the roads to them can carry the traffic that they bring.",
            not_done="We do not stop building. People need homes.",
        ),
        PromiseMade(
            wording="Every large new development is decided with a public study of the traffic that it brings.",
            threshold="Every application for more than fifty homes, without exception",
            months=9,
            audience="Neighbours of new developments",
            today="Studies are made for some, and are hard to find.",
            not_done="Developments that are approved already.",
            how_checked="The list of decisions, each with its study, on the planning page.",
        ),
    ),
    47: Plan(
        MARCUS,
        PriorityWords(
            title="Bring downtown to the river",
            success="On a summer evening people walk from the square to the water, and find a place to eat there.",
            not_done="No private building on the bank itself: the water’s edge stays open to everybody.",
        ),
        PromiseMade(
            wording="A lit path leads from Fountain Square to the Barren River without a step.",
            threshold="The whole way, open day and night, and wide enough for two wheelchairs",
            months=30,
            audience="Everyone who lives here, and those who visit",
            today="The way ends before the river.",
            not_done="A bridge across the river.",
            how_checked="Walked together with people who use a wheelchair, on the day it opens.",
        ),
        also_rests_on=(58,),
    ),
    21: Plan(
        ELENA,
        PriorityWords(
            title="Arts in every school",
            success="Every child makes music, paints or acts each week, in every school of the city and the county.",
            not_done="We do not tell teachers what to teach, and take no hours from reading and arithmetic.",
        ),
        PromiseMade(
            wording="Each public school has a weekly arts class for every year.",
            threshold="All public schools of both districts",
            months=24,
            audience="Children and their parents",
            today="The schools have not been asked in one survey yet.",
            not_done="Private schools: they decide for themselves.",
            how_checked="Each school says so once a year, and parents can object.",
        ),
    ),
    10: Plan(
        ELENA,
        PriorityWords(
            title="Treat addiction as an illness",
            success="Whoever asks for help against addiction finds a place within days, and not only after an arrest.",
            not_done="We do not change the law on drugs: that is the state’s to decide.",
        ),
        PromiseMade(
            wording="Whoever asks for treatment is seen within seven days.",
            threshold="Nine of ten people who ask, counted by the health department",
            months=14,
            audience="People with an addiction, and those who love them",
            today="Some wait for weeks. Nobody counts it.",
            not_done="Treatment against anybody’s will.",
            how_checked="Counted each quarter by the health department, and published.",
        ),
    ),
    23: Plan(
        ELENA,
        PriorityWords(
            title="No child goes hungry",
            success="Every child has breakfast and lunch on every day of the year, also when school is out.",
            not_done="We do not ask parents to prove that they are poor.",
        ),
        PromiseMade(
            wording="All summer, every child who comes gets a free lunch near home.",
            threshold="Twelve places, on every weekday of the school holidays",
            months=10,
            audience="Children and their parents",
            today="Five places, three days a week.",
            not_done="Dinner and weekends. That is the next step.",
            how_checked="Lunches are counted at each place, and the count is public.",
        ),
    ),
    34: Plan(
        ELENA,
        PriorityWords(
            title="A way out of homelessness",
            success="Nobody sleeps outside for want of a bed, and every bed comes with somebody who helps onward.",
            not_done="We do not build a place apart at the edge of town.",
        ),
        PromiseMade(
            wording="Whoever asks for a bed in the evening has one that night, with a caseworker the next day.",
            threshold="On 350 nights of the year",
            months=20,
            audience="People without a home",
            today="Beds run out in the cold months.",
            not_done="A right to a home of one’s own. That needs more than we can promise.",
            how_checked="The shelters write down each night on which somebody was turned away.",
        ),
    ),
    86: Plan(
        DANA,
        PriorityWords(
            title="Decide on a fairness ordinance in the open",
            success="Both sides were heard in public, the commission voted by name, and each vote has its reason.",
            not_done="We do not promise how the vote will go. Here people part ways, and nobody is talked over.",
        ),
        PromiseMade(
            wording="Two public hearings are held, and then the commission votes by name.",
            threshold="Two hearings with as much time for each side, and one vote",
            months=11,
            audience="Those who ask for the ordinance, and those who do not want it",
            today="It has been put off, more than once.",
            not_done="A vote without hearings.",
            how_checked="Both hearings and the vote can be seen in full.",
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Changed:
    """What became of a promise later: other words, and why."""

    statement: int
    months: int
    threshold: str
    reason: str


CHANGED = Changed(
    statement=66,
    months=17,
    threshold="All lights on Scottsville Road, Campbell Lane, the bypass and Cemetery Road",
    reason=(
        "The new controllers come five months late. We use the time to count Cemetery Road as well, because many asked."
    ),
)


@dataclass(frozen=True, slots=True)
class Version:
    """The strategy's text, what changed, and the statements that the change rests on."""

    words: StrategyWords
    note: str
    rests_on: tuple[int, ...]


_MISSION = (
    "We want this to be a place where people arrive when they meant to, where children learn and eat, and where those "
    "who have it hard find a door that opens."
)
_CHOICES = (
    "We choose what many asked for and each group can find itself in. We begin with what people meet each day: roads, "
    "lights, schools and lunch. Where people part ways, we decide in the open."
)
VERSIONS = (
    Version(
        StrategyWords(
            mission=_MISSION,
            choices=_CHOICES,
            not_done="We do not raise the tax rate for this before 2028, and we take nothing on that is not ours.",
        ),
        note="The first version, after the choice.",
        rests_on=(82, 21, 23),
    ),
    Version(
        StrategyWords(
            mission=_MISSION,
            choices=f"{_CHOICES} Roads come before new development, and both groups asked for that.",
            not_done=(
                "We do not raise the tax rate for this before 2028, we take nothing on that is not ours, and we build "
                "no new lanes before the lights are timed."
            ),
        ),
        note="What the departure means, and that lights come before lanes.",
        rests_on=(128, 66),
    ),
)
