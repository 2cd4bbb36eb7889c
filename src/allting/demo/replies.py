"""The invented council's answers to what people wrote, one for each theme.

The facilitator sorts statements by words that occur in them. Whatever fits no theme stays owed: in the example that is
what is late.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from allting.answers.actions import Draft
from allting.answers.models import Answer
from allting.demo.people import DANA, ELENA, MARCUS, Role


class When(StrEnum):
    """When an answer goes out."""

    IN_TIME = "in time"
    LATE = "late"
    NOT_YET = "not yet"


@dataclass(frozen=True, slots=True)
class Theme:
    """Statements that get one answer: `words` are searched for as whole words, the first theme that fits takes it."""

    title: str
    words: str
    answer: Draft
    signer: Role = DANA
    when: When = When.IN_TIME

    def fits(self, text: str) -> bool:
        return re.search(rf"\b(?:{self.words})\b", text, re.IGNORECASE) is not None


YES, PARTLY, NO = Answer.Decision.YES, Answer.Decision.PARTLY, Answer.Decision.NO
NOT_OURS = Answer.Decision.REFUSED

THEMES = (
    Theme(
        "Fairness and respect",
        r"fairness|lgbt\S*|discriminat\w*|sexual orientation|racis\w*|gender",
        Draft(
            PARTLY,
            headline="We decide on it in the open.",
            reason="Here people part ways more than anywhere else. That is a reason to hear both sides, not to wait.",
            what_next="Two public hearings, then a vote by name. Dana Whitlock answers for it.",
        ),
    ),
    Theme(
        "Animals and fireworks",
        r"animals?|dogs?|leash|pets?|fireworks",
        Draft(
            NO,
            headline="Not in these years.",
            reason="You are divided on it, and with nine priorities under way we would promise more than we can keep.",
            what_next="The rules that exist stay and are enforced. We ask again in 2029.",
        ),
        MARCUS,
    ),
    Theme(
        "Marijuana and hemp",
        r"mari?juana|cannabis|hemp",
        Draft(
            NOT_OURS,
            headline="This is decided by the state.",
            reason="No city and no county in Kentucky can make it legal or keep it illegal.",
            what_next="Your words and figures go to our representatives in Frankfort, both sides of them.",
        ),
    ),
    Theme(
        "Addiction and health",
        r"drugs?|opioids?|addict\w*|heroin|rehab\w*|health\w*|hospitals?|doctors?|medical|smok\w*|vaping",
        Draft(
            YES,
            headline="Yes: addiction is an illness.",
            reason="Six in ten of those who answered see addiction as an illness first.",
            what_next="Whoever asks for treatment is to be seen within seven days. Elena Novak answers for it.",
        ),
        ELENA,
    ),
    Theme(
        "Internet, cable and phone",
        r"internet|fiber|cable|spectrum|wi-?fi|broadband|google|phones?|cell|bgmu",
        Draft(
            PARTLY,
            headline="Not among the nine, and still worth a look.",
            reason="It missed the nine by a few ballots. What providers charge is not ours to set.",
            what_next="Within six months the utility says in public what its own network for homes would cost.",
        ),
        MARCUS,
    ),
    Theme(
        "Newcomers and languages",
        r"refugees?|immigra\w+|languages?|engl+ish|sanctuary|international",
        Draft(
            PARTLY,
            headline="Evening classes for whoever wants to learn English.",
            reason="You differ on what newcomers owe and are owed. A class that is open to all takes from nobody.",
            what_next="Evening classes open at three schools, for people from here and from elsewhere.",
        ),
        ELENA,
    ),
    Theme(
        "Homelessness and hunger",
        r"homeless\w*|hungry|hunger|shelters?|poverty|food insecurity|panhandl\w*|low.income|feeding",
        Draft(
            YES,
            headline="Yes. A bed, a lunch, a way onward.",
            reason="Both are among the nine. Some of you want others to do it; we do it together with them.",
            what_next="Free lunch all summer, and a bed for whoever asks. Elena Novak answers for both.",
        ),
        ELENA,
    ),
    Theme(
        "The river and downtown",
        r"river\w*|downtown|square|touris\w*|festivals?|tif|mall",
        Draft(
            YES,
            headline="Yes: from the square to the water.",
            reason="Both groups want it, and two of the nine chosen proposals ask for it.",
            what_next="A lit path without a step, open day and night. Marcus Oyelaran answers for it.",
        ),
        MARCUS,
    ),
    Theme(
        "Walking, cycling and buses",
        r"bus|buses|bikes?|biking|bicycl\w*|bikers?|cycl\w+|sidewalks?|walk\w*|greenways?|trails?|transit"
        r"|transportation|pedestrian\w*|trolley",
        Draft(
            PARTLY,
            headline="The path to the river, yes. More buses, not yet.",
            reason="The contract with the transit operator binds us, and was not up for decision.",
            what_next="The path from the square to the river comes first. For buses we ask you again before 2028.",
        ),
        MARCUS,
    ),
    Theme(
        "Roads and traffic",
        r"traffic|roads?|roadways?|streets?|stop ?lights?|lights?|lanes?|intersections?|by-?pass|parking|left turns?"
        r"|drivers?|driving in|railroad|trains?|scottsville|rd|interstate|roundabouts?|round about|speed\w*|stop sign"
        r"|congestion|parkway|airport|widen\w*|commuting",
        Draft(
            YES,
            headline="Yes: lights first, then roads, then new development.",
            reason="Nothing was said more often, and both groups say it.",
            what_next="The lights on the busiest roads are timed anew. Marcus Oyelaran answers for it.",
        ),
        MARCUS,
    ),
    Theme(
        "Arts and things to do",
        r"arts?|music\w*|museums?|theat\w*|concerts?|activities|entertain\w*|events?|sports?|gym\w*"
        r"|recreation\w*|skat\w*|cultur\w*|team|tennis",
        Draft(
            YES,
            headline="Yes, beginning in the schools.",
            reason="That the arts matter is among what unites you most.",
            what_next="A weekly arts class in each public school, and their work shown in the square each May.",
        ),
        ELENA,
    ),
    Theme(
        "Schools and learning",
        r"schools?|teach\w*|students?|educat\w*|class\w*|wku|universit\w*|college\w*|librar\w*|kids|children|youth"
        r"|child|learn\w*|graduat\w*",
        Draft(
            PARTLY,
            headline="Arts in every school, yes. The rest is the districts’.",
            reason="What is taught is for the two school districts, and for the university, to decide.",
            what_next="A weekly arts class in each public school. Elena Novak takes the rest to both boards.",
        ),
        ELENA,
    ),
    Theme(
        "Work and business",
        r"jobs?|wages?|business\w*|employ\w*|work\w*|restaurants?|stores?|shop\w*|factor\w*|costco|industr\w*"
        r"|compan\w*|temp|econom\w*|retail|market\w*",
        Draft(
            NOT_OURS,
            headline="Wages and shops are not ours to decide.",
            reason="The state sets the lowest wage, and no council can order a shop to come.",
            what_next="Your list of what is missing goes to the chamber of commerce, which answers it in public.",
        ),
    ),
    Theme(
        "Parks, trees and a clean city",
        r"parks?|trees?|litter\w*|recycl\w*|trash|garbage|dump\w*|pools?|clean\w*|energy|solar|environment\w*"
        r"|gardens?|flowers?|water|carbon|pollut\w*|compost\w*|beautif\w*|farm\w*|agricultur\w*|utilit\w*|grass",
        Draft(
            PARTLY,
            headline="Trees, yes. The rest as money allows.",
            reason="Many of you agree, and fewer put it among the first nine.",
            what_next="For each tree that the city fells it plants two, from this planting season on.",
        ),
        MARCUS,
    ),
    Theme(
        "Homes, building and land",
        r"develop\w*|apartments?|housing|zon\w+|rent\w*|landlords?|tenants?|neighbou?rhoods?|build\w*|historic\w*"
        r"|homes?|houses?|propert\w*|annex\w*|sprawl|billboards?",
        Draft(
            PARTLY,
            headline="Roads before new development, and more homes all the same.",
            reason="Some of you want fewer apartments and some cannot find one. Both are right.",
            what_next="Every large development is decided with a public study of its traffic.",
        ),
        MARCUS,
    ),
    Theme(
        "Police, courts and safety",
        r"police|cops?|crimes?|jails?|officers?|law enforcement|fire|inmates?|safe\w*|ambulance|courts?|prison\w*"
        r"|guns?|trafficking|justice|laws?|enforce\w*",
        Draft(
            PARTLY,
            headline="This answer comes late. We are sorry.",
            reason="We waited for the sheriff and the courts, who decide much of it, and should have said so.",
            what_next="Training in talking with people for every officer, and a yearly report on complaints.",
        ),
        when=When.LATE,
    ),
    Theme(
        "Open government and money",
        r"officials?|disclos\w*|commission\w*|elect\w*|vot\w+|term limits?|council|govern\w*|politic\w*"
        r"|consolidat\w*|merg\w*|tax\w*|fees?|budget\w*|pension\w*|judges?|city|county|public|media|news\w*",
        Draft(
            PARTLY,
            headline="Open decisions, yes. Taxes were not up for decision.",
            reason="We said before we asked that the tax rate for 2027 stands.",
            what_next="Whoever has a stake in a project says so before the vote, and leaves the room.",
        ),
    ),
    Theme(
        "Single ideas about many things",
        r".+",
        Draft(PARTLY, what_next="Each of these goes to the office that it concerns."),
        when=When.NOT_YET,
    ),
)


def theme_of(text: str) -> Theme:
    """Return the first theme that fits; the last one fits everything."""
    return next(theme for theme in THEMES if theme.fits(text))
