"""The components, as template tags. A builtin of every template: no `{% load %}`.

Every tag escapes what it is given; bodies of block tags are templates. Words other than classes take
an already translated string: `{% translate "Send" as send %}{% button send %}` or `{% button _("Send") %}`.
Unknown keywords become attributes, `_` read as `-`: `hx_post=url hx_target="#next" data_key="a"`;
`class="…"` is added to the component's own, `True` writes a bare attribute, `False` and `None` none.

PAGE   {% extends "web/base.html" %} with the blocks
    title  head  body_class  notice_bar  notice_words  hero (full width)  main  main_class  attribution  footer
    header (all of <header class="header"><div class="header-inner wrap">…)   header_actions (its right side)
  Layout classes
    wrap (1160 px; already around main)   narrow (680)   one-thing (560)   band (section with air and a line above)
    columns (as many as fit)   halves   aside-end (main column and 20 rem)   stack (even space)   stats
    actions (row of buttons)   spread (ends apart)   pairs (dl)   hero with hero-inner wrap inside (deep ground)
  Text classes
    kicker (quiet line above a headline)   lede   statement (a person's words)   words (quotation with a line)
    quiet   small   smallest   meta (line of small facts and links)   figure   visually-hidden
    h2, h3 (a heading that is smaller than its level)
  Swapped by htmx with hx-swap="outerHTML swap:160ms": class="leaves" fades to the side, class="arriving" rises in.
  The context gives `page_warning` (a bar on top of everything), `site`, `navigation`, `account`, `footer_links`.

ACT
    {% button _("Cast my ballot") %}                    filled; at most one filled in view; submits unless told
    {% button _("Review") kind="outlined" icon="eye" %} kinds: filled, outlined, text, danger; small=True wide=True
    {% button _("Send") busy=_("Sending") %}            other words while htmx works; no second press
    {% button _("Remove") kind="danger" opens="sure" %} opens the dialog with that id, without script
    {% link_button _("See the map") url kind="outlined" icon="map" %}
    {% answers across=False %}                          big buttons of equal weight; across=True: three columns
      {% answer _("Agree") name="vote" value="agree" icon="check" key="a" chosen=False %}
    {% endanswers %}                                    key: pressing that letter presses the button
    {% copy_link url label=_("Copy the link") %}        the address in a field with a button
    {% dialog "sure" title=_("Let it go?") %}…words, form with two buttons…{% enddialog %}
      {% button _("Keep it") kind="outlined" closes=True %}

FORMS   a Django form needs only `{{ form }}`: summary, hidden fields, then every field. Or singly:
    {% error_summary form title="" still=_("The rest is still here.") %}   links to the fields, takes focus
    {% field form.text %}                 label, help, control, counter (texts with max_length), error
    {% field form.days look="chips" %}    radios and checkboxes: look="rows" (default) or "chips"
    {% field form.text number=1 state="here" %}   a numbered stone in front (done, here, coming)
    {% choice name="pick" value=3 label=title help=why checked=True type="checkbox" dashed=False %}   one whole row
    <form data-keep="say-{{ id }}">       what was written is kept on the device until it was sent
    A form that did not arrive says “Not sent. What you wrote is still here.” by itself.

SAY
    {% notice _("Saved.") %}You can change this.{% endnotice %}    kind: info, turn (your turn), error, done; icon=""
    {% tag _("kept") kind="good" icon="circle-check" %}     kinds: plain, good, here, late
    {% live _("You agreed.") %}           polite message for screen readers, in an htmx part
    {% card %}…{% endcard %}              only for something one answers; tone: raised, sunk, receipt
    {% item statement url=url kicker=_("Nearly everyone agrees") level=3 %}…evidence, <p class="meta">…{% enditem %}
    {% empty _("Nothing here yet.") filled=0 here=True level=2 large=False %}…words, button…{% endempty %}
    {% person name role=_("Mayor") owes=_("answers by 11 April") photo="" %}
    {% facts %}{% fact "user" %}<strong>Dana Whitlock, mayor,</strong> asks{% endfact %}{% endfacts %}
    {% stat 2031 _("people have voted") url="" %}          inside <div class="stats">
    {% sureness 4 of=5 %}                 dots, with the words for those who do not see them
    {% more _("Why this one?") %}…{% endmore %}            opens in place, works without script

WALK
    {% tabs label=_("Results") %}{% tab _("Map") url icon="map" current=True count=None %}{% endtabs %}
    {% stepper label=_("What happens") %}
      {% step 1 _("Listening") state="here" when=_("Now, until 12 March") %}…{% endstep %}
    {% endstepper %}
    {% progress 6 of=15 %}                row of stones and “6 of 15”; the sixth is here
    {% job 120 of=500 label=_("Reading the votes") %}You can close this page.{% endjob %}     of=None: length unknown
    {% tree %}
      {% branch _("which rests on") title=title url=url state="done" %}…{% endbranch %}   the last one: state="here"
    {% endtree %}
    {% refresh url every=5 id="state" %}…{% endrefresh %}  asks again; the answer replaces it, and ends it if plain
    {% page_links page %}                 page: web.paging.Page

DRAW
    {% icon "check" %}  {% icon "check" label=_("done") %}   names: static/web/icons.svg
    {% ring filled=9 here=0 %}            ring of nine; here: 1..9, or 0 for none
    {% stone 4 state="here" %}            numbered stone (done, here, coming); without number: {% stone state="done" %}
    {% group_mark 0 name=_("Walk and care") %}   0..5 or None (in between); without name, write it beside it
    {% bars rows %}  {% strip marks %}  {% opinion_map drawing %}    web/charts: GroupBar, StripMark, OpinionMap
    {% chance_bars rows %}                chances to win, around one half; web/charts: ChanceBar
    {% share_bars rows %}                 shares against what they should be; web/charts: ShareBar
    {% line_chart chart %}                shares over dates; web/charts: LineChart; inside <div class="line-charts">
    {% table twin %}                      twin: web.tables.Table; below 700 px each row is a block of labelled figures

FILTERS
    2031|number → 2,031       0.876|percent → 88 %       2|in_words → two       date|day → 12 March
    date|day_and_year         first|days:last → 1–24 April                      moment|day_and_time → 12 March, 18:04
"""

from __future__ import annotations

from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from allting.web import numbers, stones, styles
from allting.web.charts import bars, chances, definitions, lines, opinion_map, shares, strip
from allting.web.components import act, draw, fill, say, walk
from allting.web.html import element
from allting.web.tables import Table

register = template.Library()

for block in (
    act.answers,
    act.dialog,
    say.card,
    say.empty,
    say.fact,
    say.facts,
    say.item,
    say.more,
    say.notice,
    walk.branch,
    walk.job,
    walk.refresh,
    walk.step,
    walk.stepper,
    walk.tabs,
    walk.tree,
):
    register.simple_block_tag(block)

for tag in (
    act.answer,
    act.button,
    act.copy_link,
    act.link_button,
    draw.group_mark,
    draw.icon,
    fill.choice,
    fill.error_summary,
    fill.field,
    say.live,
    say.page_links,
    say.person,
    say.stat,
    say.tag,
    stones.ring,
    stones.stone,
    stones.sureness,
    walk.tab,
):
    register.simple_tag(tag)

register.simple_tag(stones.row, name="progress")
register.simple_tag(bars.group_bars, name="bars")
register.simple_tag(shares.share_bars, name="share_bars")
register.simple_tag(chances.chance_bars, name="chance_bars")
register.simple_tag(strip.strip, name="strip")
register.simple_tag(lines.line_chart, name="line_chart")
register.simple_tag(opinion_map.opinion_map, name="opinion_map")
register.simple_tag(fill.control, name="field_control")
register.simple_tag(fill.counter, name="field_counter")
register.filter("is_single_choice", fill.is_single_choice)

for words in (
    numbers.number,
    numbers.percent,
    numbers.day,
    numbers.day_and_year,
    numbers.day_and_time,
    numbers.days,
    numbers.in_words,
):
    register.filter(words)


@register.simple_tag
def table(twin: Table) -> SafeString:
    """Draw a table whose rows become blocks on a phone."""
    return render_to_string("web/table.html", {"table": twin})


@register.simple_tag
def chart_definitions() -> SafeString:
    """Put the patterns and shapes on the page that all drawings share."""
    return definitions.definitions()


@register.filter
def notice_kind(level: str) -> str:
    """Turn the level of a message into the kind of a notice."""
    return {"success": "done", "warning": "turn", "error": "error"}.get(level, "info")


@register.simple_tag
def stylesheet() -> SafeString:
    """Link the stylesheet under the digest of its content."""
    return element("link", {"rel": "stylesheet", "href": reverse("web:styles", args=[styles.bundle().digest])})
