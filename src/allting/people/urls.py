from django.urls import path

from allting.people.views import follow, invitations, mail, me, organisation, sign_in

app_name = "people"
urlpatterns = [
    path("sign-in", sign_in.sign_in, name="sign_in"),
    path("sign-in/code/<str:handle>", sign_in.enter_code, name="enter_code"),
    path("sign-in/link/<str:token>", sign_in.sign_in_by_link, name="sign_in_by_link"),
    path("sign-in/bring", sign_in.bring_along, name="bring_along"),
    path("sign-out", sign_in.sign_out, name="sign_out"),
    path("me", me.me, name="me"),
    path("me/erase", me.erase_me, name="erase_me"),
    path("me/data.json", me.my_data, name="my_data"),
    path("device", me.device, name="device"),
    path("device/remove", me.remove_device, name="remove_device"),
    path("invitations", invitations.invitations, name="invitations"),
    path("invitations/<int:invitation_id>/revoke", invitations.revoke_invitation, name="revoke_invitation"),
    path("roles/<int:role_id>/take", invitations.take_role, name="take_role"),
    path("invitations/accept/<str:token>", invitations.accept_invitation, name="accept_invitation"),
    path("enter/<str:token>", invitations.enter, name="enter"),
    path("entry-links/<int:item_id>", invitations.entry_link, name="entry_link"),
    path("entry-links/<int:item_id>/code.svg", invitations.entry_code, name="entry_code"),
    path("follow/<int:item_id>", follow.follow, name="follow"),
    path("follow/code/<str:handle>", follow.confirm_follow, name="confirm_follow"),
    path("follow/remove/<str:key>", follow.remove_follow, name="remove_follow"),
    path("organisation", organisation.organisation, name="organisation"),
    path("organisation/logo", organisation.logo, name="logo"),
    path("mail", mail.mail, name="mail"),
    path("mail/test", mail.test_mail, name="test_mail"),
    path("privacy", organisation.privacy, name="privacy"),
    path("imprint", organisation.imprint, name="imprint"),
    path("accessibility", organisation.accessibility, name="accessibility"),
]
