"""The manifest of the server room."""

from allting.server import commands
from allting.web.rooms import Room

ROOM = Room(name="server", title="Server", urls="allting.server.urls", commands=commands.COMMANDS)
