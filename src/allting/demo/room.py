from django.utils.translation import gettext_lazy as _

from allting.web.rooms import Room

ROOM = Room(name="demo", title=_("Demo"), prefix="demo/", urls="allting.demo.urls")
