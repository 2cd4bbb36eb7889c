"""Who is told what: the letters to those behind what was published, each address one mail a publication.

A reader hears of everything of theirs in one letter, from whatever device: what they wrote first, then what they
agreed with.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from allting.answers import queries, wording
from allting.answers.models import Answer, OwedAnswer, Publication
from allting.people import letters
from allting.people.actions import follows
from allting.people.letters import Letter
from allting.people.models import LeftAddress, Person, QueuedMail
from allting.processes.models import Activity, Process
from allting.record import actions as record
from allting.record import kinds
from allting.record.models import Actor, Item
from allting.web.numbers import day

# A letter takes some milliseconds to write; so many hold the database for about a second.
PEOPLE_AT_ONCE = 200
_KEY = "answers.published-"
# A mail lists so many more things in one line each; the rest stands on "My part".
_MORE_IN_A_MAIL = 5


@dataclass(frozen=True, slots=True)
class Contribution:
    """What somebody has in an answer: words of their own, or an item that they supported.

    words           empty where they are hidden or were taken back
    others_count    how many other items get the same answer
    """

    item: Item
    words: str
    answer: Answer
    is_author: bool
    others_count: int = 0


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom to write to, and in which language.

    actor_ids   those who share the address: somebody on two devices, or on one and with an account
    left        None for somebody with an account alone
    """

    actor_ids: tuple[int, ...]
    address: str
    language: str
    left: LeftAddress | None

    @property
    def actor_id(self) -> int:
        """The first of them: whose mail it is, and how far a publication came."""
        return self.actor_ids[0]

    def contributions_in(self, found: Mapping[int, Sequence[Contribution]]) -> list[Contribution]:
        """Return what they all have in answers, own words first, each item once."""
        theirs = [one for actor_id in self.actor_ids for one in found[actor_id]]
        theirs.sort(key=lambda one: not one.is_author)
        return list({one.item.pk: one for one in reversed(theirs)}.values())[::-1]


@transaction.atomic
def tell_some(*, publication_id: int, now: datetime) -> bool:
    """Queue the mails to the next people behind a publication; say whether more are to come.

    The mails and the mark how far it came are one transaction, and only one worker holds the row: whoever
    is killed here leaves neither a mail without a mark nor a mark without its mail.
    """
    publication = Publication.objects.select_for_update().select_related("process__item").get(pk=publication_id)
    if publication.told_at is not None:
        return False
    contributions = contributions_in(publication)
    waiting = readers_of(publication.process, contributions, above=publication.told_up_to)
    now_told = waiting[:PEOPLE_AT_ONCE]
    for reader in now_told:
        _queue(publication, reader, reader.contributions_in(contributions), now=now)
    publication.told_up_to = now_told[-1].actor_id if now_told else publication.told_up_to
    has_more = len(waiting) > len(now_told)
    publication.told_at = None if has_more else now
    publication.save(update_fields=["told_up_to", "told_at"])
    if not has_more:
        data = {"publication": publication.pk}
        record.emit(name="answers.told", actor=record.system_actor(), item=publication.process.item, data=data, now=now)
    return has_more


def _queue(
    publication: Publication,
    reader: Reader,
    contributions: Sequence[Contribution],
    *,
    holder_id: int | None = None,
    now: datetime,
) -> None:
    with translation.override(reader.language):
        letters.queue_letter(
            key=_key(publication, reader.actor_id),
            address=reader.address,
            letter=letter_for(contributions, left=reader.left),
            actor=Actor(pk=holder_id or reader.actor_id),
            now=now,
        )


def _key(publication: Publication, actor_id: int) -> str:
    return f"{_key_of_all(publication)}{actor_id}"


def _key_of_all(publication: Publication) -> str:
    return f"{_KEY}{publication.pk}-"


def contributions_in(publication: Publication) -> dict[int, list[Contribution]]:
    """Ask the kinds who is behind what was answered; return by actor what they have in it, own words first."""
    answers = publication.answers.select_related("item", "group", "signed_by")
    return contributions_to(list(answers), process_id=publication.process_id)


def contributions_to(answers: Collection[Answer], *, process_id: int) -> dict[int, list[Contribution]]:
    """Return by actor what they have in these answers."""
    by_group = {answer.group_id: answer for answer in answers}
    owed = list(OwedAnswer.objects.filter(group__in=by_group).select_related("item").order_by("pk"))
    items_by_group = Counter(one.group_id for one in owed)
    words = words_of([one.item for one in owed], process_id=process_id)
    behind = queries.people_behind([one.item for one in owed])
    found: dict[int, list[Contribution]] = {}
    for is_author in (True, False):
        for one in owed:
            who = behind.get(one.pk, kinds.Behind())
            for actor_id in who.authors if is_author else who.supporters - who.authors:
                found.setdefault(actor_id, []).append(
                    Contribution(
                        item=one.item,
                        words=words.get(one.pk, ""),
                        answer=by_group[one.group_id],
                        is_author=is_author,
                        others_count=items_by_group[one.group_id] - 1,
                    )
                )
    return found


def words_of(items: Collection[Item], *, process_id: int) -> Mapping[int, str]:
    """Return people's words where they stand: nothing of what was hidden or taken back."""
    standing = [item for item in items if item.hidden_at is None and item.blanked_at is None]
    return {pk: card.words for pk, card in kinds.cards_for(standing, viewer=queries.participant_in(process_id)).items()}


def readers_of(process: Process, behind: Collection[int], *, above: int = 0) -> list[Reader]:
    """Return those among the actors whom we can write to and whose id is above a number, each address once.

    An address that was left for this process comes before the one of an account: it was given for this. Readers come
    by the lowest id of those who share an address.
    """
    found: dict[int, Reader] = {}
    places = [*Activity.objects.filter(phase__process=process).values_list("item", flat=True), process.pk]
    for left in LeftAddress.objects.filter(item__in=places).order_by("pk"):
        if left.actor_id in behind:
            found.setdefault(left.actor_id, Reader((left.actor_id,), left.address, left.language, left))
    for person in Person.objects.filter(erased_at=None, address__isnull=False).order_by("pk"):
        if person.actor_id in behind:
            found.setdefault(person.actor_id, Reader((person.actor_id,), person.address or "", person.language, None))
    by_address: dict[str, Reader] = {}
    for _actor_id, reader in sorted(found.items()):
        first = by_address.setdefault(reader.address.casefold(), reader)
        if first is not reader:
            shared = replace(first, actor_ids=(*first.actor_ids, *reader.actor_ids), left=first.left or reader.left)
            by_address[reader.address.casefold()] = shared
    return [reader for reader in by_address.values() if reader.actor_id > above]


def letter_for(contributions: Sequence[Contribution], *, left: LeftAddress | None) -> Letter:
    """Write the letter about one reader's contributions, in the language in use: the first at length."""
    first = contributions[0]
    answer = first.answer
    return Letter(
        subject=_subject(first),
        headline=wording.headline_of(answer),
        lead=_lead(first) if first.words else "",
        quote=first.words,
        paragraphs=(*_paragraphs(first), *_others(contributions[1:])),
        signed_by=wording.signature_of(answer),
        button=(_("Read the whole answer"), reverse("answers:answer", args=[answer.pk])),
        why=_why(first, left=left),
        removal_path=follows.removal_path(left) if left else "",
    )


def _subject(first: Contribution) -> str:
    if title := first.answer.group.title:
        return _("What came of what you said about %(title)s") % {"title": title}
    return _("What came of what you wrote") if first.is_author else _("What came of what you agreed with")


def _lead(one: Contribution) -> str:
    if one.is_author:
        return _("On %(day)s you wrote:") % {"day": day(one.item.created_at)}
    return _("You agreed with this:")


def _paragraphs(first: Contribution) -> Iterator[str]:
    answer = first.answer
    if not first.words:
        yield _("It answers words that were taken back since.")
    if first.others_count:
        yield ngettext(
            "It is answered together with %(count)d other.",
            "It is answered together with %(count)d others.",
            first.others_count,
        ) % {"count": first.others_count}
    if answer.reason:
        yield _("Why: %(reason)s") % {"reason": answer.reason}
    yield _("What happens next: %(what)s") % {"what": answer.what_next}


def _others(others: Sequence[Contribution]) -> Iterator[str]:
    for one in others[:_MORE_IN_A_MAIL]:
        if one.words:
            yield _("“%(words)s” %(headline)s") % {"words": one.words, "headline": wording.headline_of(one.answer)}
    if rest_count := len(others[_MORE_IN_A_MAIL:]):
        yield ngettext(
            "One more answer is for you. You find it under “My part”.",
            "%(count)d more answers are for you. You find them under “My part”.",
            rest_count,
        ) % {"count": rest_count}


def _why(first: Contribution, *, left: LeftAddress | None) -> str:
    if left is not None:
        return _("You get this one mail because you asked to hear what comes of it.")
    if first.is_author:
        return _("You get this one mail because you wrote this and have an account here.")
    return _("You get this one mail because you agreed with this and have an account here.")


# --- erasing ------------------------------------------------------------------------------------------


def pass_mails_on(actor: Actor) -> None:
    """Give the mails of an actor that wait to whoever shares the address, before all that is the actor's goes."""
    for mail in QueuedMail.objects.filter(actor=actor, key__startswith=_KEY):
        publication = Publication.objects.select_related("process__item").get(pk=mail.key.split("-")[1])
        for reader in readers_of(publication.process, contributions_in(publication)):
            others = [one for one in reader.actor_ids if one != actor.pk]
            if others and actor.pk in reader.actor_ids:
                QueuedMail.objects.filter(pk=mail.pk).update(actor=others[0])


def write_anew_without(actor: Actor, *, now: datetime) -> None:
    """Take the words of an actor out of the mails to others that wait, before the words themselves go.

    The mail stays, because its reader is owed the answer; only what it quotes of this author goes.
    """
    own_ids = set(Item.objects.filter(author=actor).values_list("pk", flat=True))
    publications = Publication.objects.filter(answers__group__owed__item__in=own_ids).distinct()
    for publication in publications.select_related("process__item"):
        mails = QueuedMail.objects.filter(key__startswith=_key_of_all(publication)).exclude(actor=actor)
        holders = dict(mails.values_list("key", "actor"))
        if not holders:
            continue
        # Whoever is not behind it any more is owed nothing, and their mail would keep the words.
        mails.delete()
        contributions = contributions_in(publication)
        for reader in readers_of(publication.process, contributions):
            if (key := _key(publication, reader.actor_id)) in holders:
                kept = [_without_words(one, own_ids) for one in reader.contributions_in(contributions)]
                _queue(publication, reader, kept, holder_id=holders[key], now=now)


def _without_words(one: Contribution, item_ids: Collection[int]) -> Contribution:
    if one.item.pk not in item_ids:
        return one
    return replace(one, words="")
