from django.urls import path

from allting.people import views

app_name = "people"
urlpatterns = [
    path("sign-in", views.sign_in, name="sign_in"),
    path("sign-in/code/<str:handle>", views.enter_code, name="enter_code"),
    path("sign-in/link/<str:token>", views.sign_in_by_link, name="sign_in_by_link"),
    path("sign-in/bring", views.bring_along, name="bring_along"),
    path("sign-out", views.sign_out, name="sign_out"),
    path("me", views.me, name="me"),
    path("me/erase", views.erase_me, name="erase_me"),
    path("me/data.json", views.my_data, name="my_data"),
    path("device", views.device, name="device"),
    path("device/remove", views.remove_device, name="remove_device"),
    path("invitations", views.invitations, name="invitations"),
    path("invitations/<int:invitation_id>/revoke", views.revoke_invitation, name="revoke_invitation"),
    path("invitations/accept/<str:token>", views.accept_invitation, name="accept_invitation"),
    path("enter/<str:token>", views.enter, name="enter"),
    path("entry-links/<int:item_id>", views.entry_link, name="entry_link"),
    path("entry-links/<int:item_id>/code.svg", views.entry_code, name="entry_code"),
    path("follow/<int:item_id>", views.follow, name="follow"),
    path("follow/code/<str:handle>", views.confirm_follow, name="confirm_follow"),
    path("follow/remove/<str:key>", views.remove_follow, name="remove_follow"),
    path("organisation", views.organisation, name="organisation"),
    path("organisation/logo", views.logo, name="logo"),
    path("mail", views.mail, name="mail"),
    path("mail/test", views.test_mail, name="test_mail"),
    path("privacy", views.privacy, name="privacy"),
    path("imprint", views.imprint, name="imprint"),
    path("accessibility", views.accessibility, name="accessibility"),
]
