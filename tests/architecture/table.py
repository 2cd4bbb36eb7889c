"""The rows of the permission table. See `addresses` for how to read them."""

from __future__ import annotations

from tests.architecture.addresses import Row, get, post, some, turned

ALL = "ooo oo oooo"
ON = "ggg gg gggg"
NOTHING = "nnn nn nnnn"
USED = "eee ee eeee"
NOBODY = "fff ff ffff"
BUTTON = "xxx xx xxxx"
OWN = "sso oo oooo"
KEEPER = "fff ff fffo"
KEEPER_SIGNED_IN = "ssf ff fffo"

# What belongs to a process, to be read by those who may take part or look after it.
READ = {"draft": "nnn nn oooo", "employees": "fff of oooo", "invited": "fof ff oooo", "rest": ALL}
# The pages of the record say of what one may not read only that nothing is there.
RECORD = {"draft": "nnn nn oooo", "employees": "nnn on oooo", "invited": "non nn oooo", "rest": ALL}
# What is open to taking part, and only then.
TAKE_PART = {
    "draft": "nnn nn ffff",
    "announced": "fff ff ffff",
    "running": ALL,
    "closed": "fff ff ffff",
    "employees": "fff of oooo",
    "invited": "fof ff oooo",
}
FRAMED = {"draft": NOTHING, "announced": ALL, "running": ALL, "closed": ALL, "employees": NOBODY, "invited": NOBODY}
LOOK_AFTER = {
    "draft": "nnn nn fooo",
    "running": "fff ff fooo",
    "closed": "fff ff fooo",
    "invited": "fff ff fooo",
}
# What one says about oneself: only who takes part, also after closing.
ABOUT_YOU = {
    "draft": "nnn nn ffff",
    "announced": "fff ff ffff",
    "running": "fof ff ffff",
    "closed": "fof ff ffff",
    "employees": "fff ff ffff",
    "invited": "fof ff ffff",
}
# Until it is announced, and not afterwards.
PREPARE = {"draft": "nnn nn fooo", "announced": "fff ff ffff", "closed": "fff ff ffff"}
# Words that wait, were declined or hidden: for those who decide about them, and for their author.
UNSEEN = {
    "draft": "nnn nn nooo",
    "running": "nnn nn nooo",
    "closed": "nnn nn nooo",
    "employees": "fff nf nooo",
    "invited": "fnf ff nooo",
}
UNSEEN_IN_RECORD = {"running": "nnn nn nooo", "invited": "nnn nn nooo"}
# The answers of a process, for those who group, write and publish them.
ANSWER = {
    "draft": "nnn nn oooo",
    "running": "fff ff oooo",
    "closed": "fff ff oooo",
    "employees": "fff ff oooo",
    "invited": "fff ff oooo",
}
# From the first map on, which two of the processes have.
MAP = {
    "draft": NOTHING,
    "announced": NOTHING,
    "running": ALL,
    "closed": ALL,
    "employees": "fff nf nnnn",
    "invited": "fnf ff nnnn",
}
INVITE = {"draft": "ssf ff fooo", "running": "ssf ff fooo"}

REASON = {"reason": "It names a neighbour."}
HIDE = REASON | {"verdict": "hide"}
RESTORE = REASON | {"verdict": "restore"}
AGREE = {"answer": "agree"}
SAY = {"text": "A bench at each stop."}
YES = {"decision": "yes", "what_next": "We open it."}
SEED = {"text": "Benches.", "step": "add"}
HOST = {"address": "https://www.kommun.se"}
ACCEPT = {"verdict": "accept"}
BURST = REASON | {"handle": "0"}
ALIKE = "?text=Secret and waiting in running"
DEPUTY = {"address": "new@example.org", "role": "deputy"}
FACILITATOR = {"address": "new@example.org", "role": "facilitator"}

OF_WEB = (
    get("web:set_language", any=ON),
    post("web:set_language", data={"language": "sv", "next": "/"}, any=ON),
    get("web:styles", "digest", any=ALL),
    get("web:colour_css", "colour", any=ALL),
    get("web:kit", any=NOTHING),
)
OF_SERVER = (
    # Not well, because no worker runs beside the tests.
    get("server:health", any="bbb bb bbbb"),
)
OF_RECORD = (
    get("record:why", "process", **some(RECORD, "draft", "employees", "invited")),
    get("record:why", "conversation", **some(RECORD, "draft", "employees", "invited")),
    get("record:why", "statement", **RECORD),
    get("record:why", "waiting statement", **UNSEEN_IN_RECORD),
    get("record:why", "hidden statement", **UNSEEN_IN_RECORD),
    get("record:why", "declined statement", **UNSEEN_IN_RECORD),
    get("record:why", "no such thing", any=NOTHING),
    get("record:what_came_of_it", "process", **some(RECORD, "draft", "running")),
    get("record:what_came_of_it", "statement", **some(RECORD, "draft", "employees", "invited")),
    get("record:what_came_of_it", "waiting statement", **UNSEEN_IN_RECORD),
    get("record:what_came_of_it", "hidden statement", **some(UNSEEN_IN_RECORD, "running")),
    get("record:report", "statement", **some(RECORD, "running", "employees")),
    get("record:report", "process", **some(RECORD, "draft", "running")),
    get("record:report", "waiting statement", **some(UNSEEN_IN_RECORD, "running")),
    post("record:report", "statement", data=REASON, **some(turned(RECORD, "g"), "draft", "running", "invited")),
    post("record:report", "statement", query="?empty", **some(turned(RECORD, "u"), "draft", "running")),
    post("record:report", "hidden statement", data=REASON, **some(turned(UNSEEN_IN_RECORD, "g"), "running")),
    get("record:moderation", any="fff fo fooo"),
    post("record:moderation", any=BUTTON),
    get("record:moderate", "statement", running=BUTTON),
    post("record:moderate", "statement", data=HIDE, draft="nnn nn fggg", employees="nnn fn fggg",
         invited="nfn nn fggg", closed="fff ff fggg"),
    post("record:moderate", "statement", query="?empty", running="fff ff fuuu"),
    post("record:moderate", "statement", query="?not-hidden", data=RESTORE, running="fff ff fccc"),
    post("record:moderate", "hidden statement", data=RESTORE, **turned(UNSEEN_IN_RECORD, "g")),
    post("record:moderate", "hidden statement", query="?again", data=HIDE, running="nnn nn nccc"),
    post("record:moderate", "process", data=HIDE, draft="nnn nn fggg", running="fff ff fggg"),
    post("record:moderate", "conversation", data=HIDE, draft="nnn nn fggg", running="fff ff fggg"),
    get("record:events", any=KEEPER),
    post("record:events", any=BUTTON),
)  # fmt: skip
OF_PEOPLE = (
    get("people:sign_in", any="oog gg gggg"),
    post("people:sign_in", data={"address": "citizen@example.org"}, any=ON),
    post("people:sign_in", query="?empty", any="uug gg gggg"),
    get("people:enter_code", "sign-in code", is_letter=True, any=ALL),
    get("people:enter_code", "no such token", any=NOTHING),
    get("people:enter_code", "follow code", any=NOTHING),
    post("people:enter_code", "sign-in code", data={"digits": "12345"}, any="uuu uu uuuu"),
    get("people:sign_in_by_link", "sign-in link", is_letter=True, any=ALL),
    get("people:sign_in_by_link", "no such token", any=USED),
    post("people:sign_in_by_link", "sign-in link", any=ON),
    get("people:bring_along", any="ssg gg gggg"),
    post("people:bring_along", data={"bring": "yes"}, any="ssg gg gggg"),
    get("people:sign_out", any=BUTTON),
    post("people:sign_out", any=ON),
    get("people:me", any=OWN),
    post("people:me", data={"name": "Me", "language": "sv"}, any="ssg gg gggg"),
    get("people:my_data", any=OWN),
    get("people:erase_me", any=OWN),
    post("people:erase_me", data={"words": "nameless"}, any="ssg gg gggg"),
    post("people:erase_me", query="?empty", any="ssu uu uuuu"),
    get("people:device", any="oog gg gggg"),
    get("people:remove_device", any=BUTTON),
    post("people:remove_device", data={"words": "blanked"}, any=ON),
    post("people:remove_device", query="?empty", any="gug gg gggg"),
    get("people:invitations", any="ssf fg fggo"),
    get("people:invitations", query="?item={process}", **INVITE),
    post("people:invitations", data=DEPUTY, any="ssf fg fggg"),
    post("people:invitations", query="?item={process}", data=DEPUTY, **turned(INVITE, "g")),
    # A deputy stands in for the facilitator and makes none.
    post("people:invitations", query="?item={process}", data=FACILITATOR, running="ssf ff fugg"),
    get("people:revoke_invitation", "invitation", running=BUTTON),
    post("people:revoke_invitation", "invitation", **turned(INVITE, "g")),
    get("people:take_role", "role", running=BUTTON),
    post("people:take_role", "role", **turned(INVITE, "g")),
    post("people:take_role", "facilitator's role", running="ssf ff ffgg"),
    get("people:accept_invitation", "invitation token", is_letter=True, draft="oof ff ffff", closed="oof ff ffff"),
    get("people:accept_invitation", "no such token", any=NOTHING),
    post("people:accept_invitation", "invitation token", draft="ggf ff ffff", running="ggf ff ffff"),
    get("people:enter", "entry", draft=ON, running=ON, invited=ON),
    get("people:enter", "no such token", any=USED),
    get("people:entry_link", "process", **INVITE),
    post("people:entry_link", "process", **turned(INVITE, "g")),
    post("people:entry_link", "process", data={"do": "revoke"}, query="?revoke", running="ssf ff fggg"),
    get("people:entry_code", "process", **INVITE),
    get("people:follow", "process", **some(RECORD, "draft", "employees", "invited")),
    get("people:follow", "conversation", **some(RECORD, "draft", "running")),
    get("people:follow", "waiting statement", **some(UNSEEN_IN_RECORD, "running")),
    post(
        "people:follow",
        "conversation",
        data={"address": "me@example.org"},
        **some(turned(RECORD, "g"), "draft", "running"),
    ),
    get("people:confirm_follow", "follow code", is_letter=True, any=ALL),
    get("people:confirm_follow", "sign-in code", any=NOTHING),
    post("people:confirm_follow", "follow code", data={"digits": "000"}, any="uuu uu uuuu"),
    get("people:remove_follow", "removal key", any=ALL),
    get("people:remove_follow", "no such token", any=NOTHING),
    post("people:remove_follow", "removal key", any=ON),
    get("people:organisation", any=KEEPER_SIGNED_IN),
    post("people:organisation", data={"name": "Allting Town"}, any="ssf ff fffg"),
    get("people:logo", any=NOTHING),
    get("people:mail", any=KEEPER_SIGNED_IN),
    post("people:mail", data={"mail_url": "smtp://localhost", "mail_from": "me@example.org"}, any="ssf ff fffg"),
    get("people:test_mail", any=BUTTON),
    post("people:test_mail", any="ssf ff fffg"),
    get("people:privacy", any=ALL),
    get("people:imprint", any=ALL),
    get("people:accessibility", any=ALL),
)
OF_PROCESSES = (
    get("processes:front", any=ALL),
    get("processes:processes", any=ALL),
    get("processes:start", any=KEEPER),
    post("processes:start", any="fff ff fffu"),
    get("processes:start", query="?from={process}", draft=KEEPER, closed=KEEPER),
    post("processes:start", query="?from={process}", draft="fff ff fffu", closed="fff ff fffu"),
    get("processes:start", query="?from=nothing", any="fff ff fffn"),
    get("processes:process", "process", **READ),
    get("processes:process", "no such thing", any=NOTHING),
    get("processes:process", "conversation", draft=NOTHING, running=NOTHING),
    post("processes:process", "process", running=BUTTON),
    get("processes:edit", "process", **PREPARE),
    post("processes:edit", "process", **turned(PREPARE, "u")),
    get("processes:workbench", "process", **LOOK_AFTER),
    get("processes:announce", "process", **PREPARE),
    post("processes:announce", "process", **turned(PREPARE, "u")),
    # Beginning a rehearsal is refused after announcing; a draft that is not rehearsed has nothing to wipe.
    get("processes:rehearsal", "process", **PREPARE),
    post("processes:rehearsal", "process", **turned(PREPARE, "g")),
    get("processes:wipe", "process", **turned(PREPARE, "c")),
    post("processes:wipe", "process", **turned(PREPARE, "c")),
    get("processes:extend", "process", draft="nnn nn ffff", closed="fff ff ffff", running="fff ff fooo"),
    post("processes:extend", "process", draft="nnn nn ffff", closed="fff ff ffff", running="fff ff fuuu"),
    get("processes:close", "process", draft="nnn nn ffff", announced="fff ff ffff", closed="fff ff ffff",
        running="fff ff oooo"),
    post("processes:close", "process", draft="nnn nn ffff", announced="fff ff ffff", closed="fff ff ffff",
         running="fff ff gggg"),
    get("processes:poster", "process", **LOOK_AFTER),
    get("processes:about_you", "process", **ABOUT_YOU),
    get("processes:say_relation", "process", running=BUTTON),
    post("processes:say_relation", "process", data={"relation": "citizen"}, **turned(ABOUT_YOU, "g")),
    post("processes:say_relation", "process", query="?wrong", data={"relation": "king"},
         **some(turned(ABOUT_YOU, "u"), "running")),
    get("processes:say_satisfaction", "process", running=BUTTON),
    post("processes:say_satisfaction", "process", data={"satisfaction": "3"}, **turned(ABOUT_YOU, "g")),
    post("processes:say_satisfaction", "process", query="?wrong", data={"satisfaction": "11"},
         **some(turned(ABOUT_YOU, "u"), "running")),
    get("processes:balance", "process", **LOOK_AFTER),
    post("processes:balance", "process", running=BUTTON),
    get("processes:frame", "process", **LOOK_AFTER),
    post("processes:frame", "process", data={"people_citizen": "70"}, **turned(LOOK_AFTER, "g")),
    post("processes:frame", "process", query="?wrong", data={"people_citizen": "-1"},
         **some(turned(LOOK_AFTER, "u"), "running")),
)  # fmt: skip
OF_OPINIONS = (
    get("opinions:conversation", "conversation", **READ),
    get("opinions:conversation", "no such thing", any=NOTHING),
    get("opinions:vote", "statement", running=BUTTON),
    post("opinions:vote", "statement", data=AGREE, **turned(TAKE_PART, "g")),
    post("opinions:vote", "statement", query="?seven", data={"answer": "7"}, **some(turned(TAKE_PART, "u"), "running")),
    post("opinions:vote", "waiting statement", data=AGREE, **some(turned(UNSEEN, "f"), "running", "invited")),
    post("opinions:vote", "hidden statement", data=AGREE, **some(turned(UNSEEN, "f"), "running")),
    post("opinions:vote", "declined statement", data=AGREE, **some(turned(UNSEEN, "f"), "running")),
    get("opinions:undo", "conversation", running=BUTTON),
    # Only the voter has something to take back.
    post("opinions:undo", "conversation", draft="nnn nn ffff", running="cgc cc cccc", employees="fff cf cccc",
         invited="fgf ff cccc", closed="fff ff ffff"),
    get("opinions:enough", "conversation", **some(READ, "draft", "running", "invited")),
    get("opinions:mine", "conversation", **some(READ, "draft", "closed", "employees")),
    get("opinions:statement", "statement", **READ),
    get("opinions:statement", "waiting statement", **UNSEEN),
    get("opinions:statement", "hidden statement", **some(UNSEEN, "closed", "employees")),
    get("opinions:statement", "declined statement", **some(UNSEEN, "draft", "running", "invited")),
    get("opinions:say", "conversation", **some(TAKE_PART, "draft", "running", "closed")),
    post("opinions:say", "conversation", data=SAY, **some(turned(TAKE_PART, "g"), "running", "closed", "employees")),
    post("opinions:say", "conversation", query="?empty", **some(turned(TAKE_PART, "u"), "running")),
    get("opinions:similar", "conversation", query=ALIKE, **some(READ, "draft", "running", "invited")),
    # In a frame everybody is a stranger: the cookies of this table's readers count for nothing.
    get("opinions:frame_script", any=ALL),
    get("opinions:embedded", "conversation", **FRAMED),
    get("opinions:embedded", "no such thing", any=NOTHING),
    # Without a page of ours that sent it, and without a ticket.
    post("opinions:embedded", "conversation", running=NOBODY),
    get("opinions:embedded_vote", "conversation", running=BUTTON),
    post("opinions:embedded_vote", "conversation", data=AGREE, running=NOBODY, closed=NOBODY, invited=NOBODY),
    get("opinions:embedded_undo", "conversation", running=BUTTON),
    post("opinions:embedded_undo", "conversation", running=NOBODY),
    get("opinions:embedded_say", "conversation", running=BUTTON),
    post("opinions:embedded_say", "conversation", data=SAY, running=NOBODY),
    get("opinions:embedded_enough", "conversation", running=BUTTON),
    post("opinions:embedded_enough", "conversation", running=NOBODY),
    get("opinions:embedded_relation", "conversation", running=BUTTON),
    post("opinions:embedded_relation", "conversation", running=NOBODY),
    get("opinions:embedded_leave", "conversation", running=BUTTON),
    post("opinions:embedded_leave", "conversation", running=NOBODY),
    # From a frame to the whole site: only with a ticket, which no reader of this table has.
    get("opinions:carry_on", "conversation", running=BUTTON),
    post("opinions:carry_on", "conversation", running=NOBODY),
    get("opinions:bring_here", "conversation", running=BUTTON),
    post("opinions:bring_here", "conversation", draft="nnn nn ffff", running=NOBODY, employees=NOBODY),
    get("opinions:results", "conversation", **READ),
    get("opinions:table", "conversation", **some(MAP, "draft", "running", "employees")),
    get("opinions:ranking", "conversation", "unites", **some(MAP, "draft", "running", "invited")),
    get("opinions:ranking", "conversation", "no such token", running=NOTHING),
    get("opinions:map_page", "conversation", query="?wall=on", **some(MAP, "draft", "running", "invited")),
    get("opinions:map_page", "conversation", query="?group=f", running=NOTHING),
    get("opinions:over_time", "conversation", **some(MAP, "draft", "running", "invited")),
    get("opinions:report", "conversation", **some(MAP, "draft", "running", "employees")),
    get("opinions:download_csv", "conversation", **MAP),
    get("opinions:download_json", "conversation", **some(MAP, "draft", "closed", "employees")),
    get("opinions:map_svg", "conversation", **some(MAP, "draft", "running", "employees")),
    get("opinions:map_png", "conversation", **some(MAP, "draft", "closed", "invited")),
    get("opinions:method", any=ALL),
    get("opinions:order", "conversation", draft=NOTHING, running=ALL, closed=ALL, employees="fff nf nnnn"),
    get("opinions:download_order", "conversation", draft=NOTHING, running=NOTHING),
    get("opinions:pairs", "conversation", draft=NOTHING, running=ALL, closed=ALL, invited="fnf ff nnnn"),
    get("opinions:compared", "conversation", draft=NOTHING, running=ALL, closed=ALL, employees="fff nf nnnn"),
    get("opinions:compare", "conversation", running=BUTTON),
    post("opinions:compare", "conversation", draft=NOTHING, **some(turned(TAKE_PART, "u"), "running", "closed")),
    get("opinions:undo_comparison", "conversation", running=BUTTON),
    post("opinions:undo_comparison", "conversation", **some(turned(TAKE_PART, "c"), "running", "closed")),
    get("opinions:comparing", "conversation", **LOOK_AFTER),
    post("opinions:comparing", "conversation", data={"turn": "off"}, draft="nnn nn fnnn", invited="fff ff fnnn"),
    post("opinions:comparing", "conversation", query="?empty", **turned(LOOK_AFTER, "u")),
    get("opinions:workbench", "conversation", **LOOK_AFTER),
    get("opinions:hosts", "conversation", **LOOK_AFTER),
    post("opinions:hosts", "conversation", data=HOST, draft="nnn nn fggg", running="fff ff fggg", invited=NOBODY),
    get("opinions:remove_host", "host site", running=BUTTON),
    post("opinions:remove_host", "host site", **some(turned(LOOK_AFTER, "g"), "draft", "running", "invited")),
    get("opinions:seed", "conversation", **LOOK_AFTER),
    post("opinions:seed", "conversation", data=SEED, **some(turned(LOOK_AFTER, "g"), "draft", "running")),
    get("opinions:decide", "waiting statement", running=BUTTON),
    post("opinions:decide", "waiting statement", data=ACCEPT, **some(turned(UNSEEN, "g"), "running", "invited")),
    post("opinions:decide", "statement", data=ACCEPT, draft="nnn nn ffff", running="fff ff ffff"),
    get("opinions:name_groups", "conversation", **LOOK_AFTER),
    post("opinions:name_groups", "conversation", data={"A": "Walkers"}, draft="nnn nn fuuu", running="fff ff fggg"),
    get("opinions:needs", "conversation", **LOOK_AFTER),
    get("opinions:merge", "statement", query="?into=0", draft="nnn nn fnnn", running="fff ff fnnn"),
    post("opinions:merge", "statement", data={"into": "0"}, running="fff ff fnnn"),
    get("opinions:beginning", "conversation", **LOOK_AFTER),
    get("opinions:put_at_start", "statement", running=BUTTON),
    post("opinions:put_at_start", "statement", data={"put": "first"}, **turned(LOOK_AFTER, "g")),
    get("opinions:bursts", "conversation", **LOOK_AFTER),
    post("opinions:set_aside", "conversation", data=BURST, **some(turned(LOOK_AFTER, "c"), "draft", "running")),
    get("opinions:set_aside", "conversation", running=BUTTON),
    get("opinions:restore_burst", "burst", running=BUTTON),
    post("opinions:restore_burst", "burst", draft=NOTHING, running="fff ff fggg", closed="fff ff fggg",
         invited="fff ff fggg"),
    get("opinions:download_polis", "conversation", running=BUTTON),
    post("opinions:download_polis", "conversation", **LOOK_AFTER),
    get("opinions:upload", any=KEEPER),
    post("opinions:upload", any="fff ff fffu"),
    get("opinions:import_run", "own run", any=KEEPER),
    get("opinions:import_run", "colleague's run", any="fff ff fffn"),
    get("opinions:import_start", "own run", any=BUTTON),
    post("opinions:import_start", "own run", any="fff ff fffg"),
    post("opinions:import_start", "colleague's run", any="fff ff fffn"),
)  # fmt: skip
# Proposed priorities and drafted promises: for those who work on them.
UNCONFIRMED = {
    "draft": "nnn nn oooo",
    "running": "nnn nn oooo",
    "closed": "nnn nn oooo",
    "employees": "fff nf oooo",
    "invited": "fnf ff oooo",
}
WRITE = {"draft": "nnn nn oooo", "rest": "fff ff oooo"}
# Decided by the sponsor, or by the owner of the priority.
STAND_FOR = {"draft": "nnn nn offf", "rest": "fff ff offf"}
WRITTEN = {"mission": "A town.", "choices": "Roads.", "not_done": "No ring.", "note": "The first.", "after": "0"}

OF_STRATEGY = (
    get("strategy:strategy", "process", **READ),
    get("strategy:priorities", "process", **READ),
    get("strategy:promises", "process", **READ),
    get("strategy:write", "process", **WRITE),
    post("strategy:write", "process", data=WRITTEN, **some(turned(WRITE, "g"), "draft", "running", "closed")),
    post("strategy:write", "process", query="?empty", **some(turned(WRITE, "u"), "running", "employees", "invited")),
    post("strategy:write", "process", query="?older", data=WRITTEN | {"after": "7"}, running="fff ff cccc"),
    get("strategy:propose", "process", **some(WRITE, "draft", "running", "invited")),
    post("strategy:propose", "process", data={"title": "Roads"}, **some(turned(WRITE, "g"), "running", "employees")),
    post("strategy:propose", "process", query="?empty", running="fff ff uuuu"),
    get("strategy:priority", "priority", **READ),
    get("strategy:priority", "proposed priority", **UNCONFIRMED),
    get("strategy:priority", "promise", running=NOTHING),
    get("strategy:edit_priority", "priority", **some(WRITE, "draft", "running", "employees")),
    post("strategy:edit_priority", "priority", query="?empty", **some(turned(WRITE, "u"), "running")),
    get("strategy:edit_priority", "proposed priority", **some(UNCONFIRMED, "draft", "running", "invited")),
    post("strategy:edit_priority", "proposed priority", data={"title": "Roads"}, running="nnn nn gggg"),
    # Nobody confirms for the owner, not even whoever looks after everything.
    post("strategy:edit_priority", "proposed priority", data={"title": "Roads", "do": "confirm"}, query="?confirm",
         running="nnn nn ffff"),
    get("strategy:name_owner", "priority", **some(WRITE, "draft", "running", "closed")),
    get("strategy:name_owner", "proposed priority", **some(UNCONFIRMED, "running", "employees")),
    post("strategy:name_owner", "priority", data={"address": "owner@example.org"}, running="fff ff gggg"),
    post("strategy:name_owner", "priority", query="?empty", running="fff ff uuuu"),
    get("strategy:end_priority", "priority", **STAND_FOR),
    get("strategy:end_priority", "proposed priority", running="nnn nn ffff"),
    post("strategy:end_priority", "priority", data={"state": "retired", "reason": "No money."},
         **some(turned(STAND_FOR, "g"), "draft", "running")),
    post("strategy:end_priority", "priority", query="?empty", running="fff ff ufff"),
    get("strategy:draft_promise", "priority", **some(WRITE, "draft", "running", "invited")),
    get("strategy:draft_promise", "proposed priority", running="nnn nn ffff"),
    post("strategy:draft_promise", "priority", data={"wording": "Roads flow."}, **some(turned(WRITE, "g"), "running")),
    post("strategy:draft_promise", "priority", query="?empty", running="fff ff uuuu"),
    get("strategy:promise", "promise", **READ),
    get("strategy:promise", "drafted promise", **UNCONFIRMED),
    get("strategy:promise", "priority", running=NOTHING),
    get("strategy:edit_promise", "promise", **some(STAND_FOR, "draft", "running", "invited")),
    post("strategy:edit_promise", "promise", query="?empty", **some(turned(STAND_FOR, "u"), "running")),
    get("strategy:edit_promise", "drafted promise", **some(UNCONFIRMED, "draft", "running", "employees")),
    post("strategy:edit_promise", "drafted promise", data={"wording": "Roads flow."}, running="nnn nn gggg"),
    post("strategy:edit_promise", "drafted promise", data={"wording": "Roads flow.", "do": "publish"}, query="?publish",
         running="nnn nn ufff"),
    get("strategy:withdraw_promise", "promise", **STAND_FOR),
    post("strategy:withdraw_promise", "promise", data=REASON, **some(turned(STAND_FOR, "g"), "running", "closed")),
    post("strategy:withdraw_promise", "promise", query="?empty", running="fff ff ufff"),
    post("strategy:withdraw_promise", "drafted promise", data=REASON, running="nnn nn cfff"),
    get("record:why", "promise", **some(RECORD, "draft", "running", "employees", "invited")),
    get("record:why", "proposed priority", running="nnn nn oooo"),
    get("record:what_came_of_it", "priority", **some(RECORD, "running", "invited")),
)  # fmt: skip
OF_ANSWERS = (
    get("answers:waiting", any="ggg go oooo"),
    post("answers:waiting", any=BUTTON),
    get("answers:mine", any=ALL),
    get("answers:answers", "process", **READ),
    get("answers:answers", "no such thing", any=NOTHING),
    get("answers:story", "process", **READ),
    post("answers:story", "process", running=BUTTON),
    get("answers:prepare", "process", **ANSWER),
    post("answers:prepare", "process", **some(turned(ANSWER, "u"), "draft", "closed")),
    get("answers:publish", "process", **ANSWER),
    post("answers:publish", "process", draft="nnn nn cccc", running="fff ff cccc", closed="fff ff gggg"),
    get("answers:write", "group", closed="fff ff oooo"),
    get("answers:write", "no such thing", any=NOTHING),
    post("answers:write", "group", query="?empty", closed="fff ff uuuu"),
    post("answers:write", "group", data=YES, closed="fff ff gggg"),
    # By name, and by who decides: the sponsor, where there is one.
    post("answers:write", "group", query="?sign", data=YES | {"sign": "1"}, closed="fff ff gfff"),
    get("answers:take_out", "group", "owed statement", closed=BUTTON),
    post("answers:take_out", "group", "owed statement", closed="fff ff gggg"),
    post("answers:take_out", "group", "statement", closed="fff ff nnnn"),
    get("answers:answer", "answer", **some(READ, "closed")),
    get("answers:answer", "signed answer", closed="nnn nn oooo"),
    get("answers:answer", "process", closed=NOTHING),
    get("answers:take_back", "signed answer", closed=BUTTON),
    post("answers:take_back", "signed answer", closed="nnn nn gfff"),
    post("answers:take_back", "answer", closed="fff ff cfff"),
)  # fmt: skip
# Who may look after a round; who has a name and so a ballot. What is ticked is empty, so it is not cast.
ROUND_TEAM = "fff ff fooo"
ROUND_CHANGE = "fff ff fggg"
REFUSED = "fff ff ffff"
NAMED = "ffu uu uuuu"
OF_CHOICE = (
    get("choice:ballot", "open round", any=ALL),
    get("choice:ballot", "preparing round", any=ALL),
    get("choice:ballot", "counted round", any=ON),
    get("choice:ballot", "no such thing", any=NOTHING),
    get("choice:deal", "open round", any=BUTTON),
    post("choice:deal", "open round", any="ffg gg gggg"),
    post("choice:deal", "preparing round", any=REFUSED),
    post("choice:deal", "open shortlist", any="ffg gg gggg"),
    get("choice:ballot", "open shortlist", any=ALL),
    get("choice:outcome", "open shortlist", any=ALL),
    get("choice:workbench", "open shortlist", any=ROUND_TEAM),
    get("choice:decide", "open shortlist", any=REFUSED),
    get("choice:review", "open round", any=BUTTON),
    post("choice:review", "open round", any=NAMED),
    post("choice:review", "preparing round", any=REFUSED),
    get("choice:cast", "open round", any=BUTTON),
    post("choice:cast", "open round", any=NAMED),
    post("choice:cast", "preparing round", any=REFUSED),
    post("choice:cast", "counted round", any=REFUSED),
    get("choice:receipt", any=ALL),
    post("choice:receipt", data={"words": "babab"}, any="uuu uu uuuu"),
    get("choice:change", any=BUTTON),
    post("choice:change", data={"words": "babab"}, any=NOTHING),
    get("choice:outcome", "open round", any=ALL),
    get("choice:outcome", "counted round", any=ALL),
    get("choice:certificate", "open round", any=NOTHING),
    get("choice:certificate", "counted round", any=ALL),
    get("choice:option", "open option", any=ALL),
    get("choice:option", "preparing option", any="nnn nn nggg"),
    get("choice:decide", "open round", any=REFUSED),
    get("choice:decide", "counted round", any="fff ff offf"),
    post("choice:decide", "counted round", data={"do": "confirm"}, any="fff ff gfff"),
    get("choice:brief", "open round", any=REFUSED),
    get("choice:brief", "counted round", any="fff ff oooo"),
    get("choice:workbench", "preparing round", any=ROUND_TEAM),
    get("choice:workbench", "open round", any=ROUND_TEAM),
    get("choice:add", "preparing round", any=BUTTON),
    post("choice:add", "preparing round", data={"title": "Benches"}, any=ROUND_CHANGE),
    post("choice:add", "open round", data={"title": "Benches"}, any=REFUSED),
    get("choice:take_in", "preparing round", any=BUTTON),
    post("choice:take_in", "preparing round", any=ROUND_CHANGE),
    post("choice:take_in", "open round", any=REFUSED),
    get("choice:open", "preparing round", any=BUTTON),
    post("choice:open", "preparing round", any=ROUND_CHANGE),
    post("choice:open", "open round", any=REFUSED),
    get("choice:open_shortlist", "preparing round", any=BUTTON),
    post("choice:open_shortlist", "preparing round", any="fff ff fuuu"),
    post("choice:open_shortlist", "open round", any=REFUSED),
    get("choice:reword", "preparing option", any=ROUND_TEAM),
    post("choice:reword", "preparing option", data={"title": "Benches"}, any=ROUND_CHANGE),
    post("choice:reword", "open option", data={"title": "Benches"}, any=REFUSED),
    get("choice:leave_out", "preparing option", any=BUTTON),
    post("choice:leave_out", "preparing option", any=ROUND_CHANGE),
    post("choice:leave_out", "open option", any=REFUSED),
)
TABLE: tuple[Row, ...] = (
    OF_WEB + OF_SERVER + OF_RECORD + OF_PEOPLE + OF_PROCESSES + OF_OPINIONS + OF_CHOICE + OF_ANSWERS + OF_STRATEGY
)
