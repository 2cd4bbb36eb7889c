"""The manifest of the opinions room."""

from django.utils.translation import gettext_lazy as _

from allting.opinions import activity, kinds
from allting.web.rooms import Room

ROOM = Room(
    name="opinions",
    title=_("Conversations"),
    urls="allting.opinions.urls",
    kinds=(kinds.CONVERSATION, kinds.STATEMENT),
    activity_kinds=(activity.KIND,),
)
