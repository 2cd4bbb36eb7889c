from django.utils.translation import gettext_lazy as _

from allting.web.rooms import Room

ROOM = Room("web", _("Looks"), prefix="web/", urls="allting.web.urls")
