"""Every address: each room's under its own prefix."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from allting.web import rooms

rooms.open_rooms()

urlpatterns: list[URLPattern | URLResolver] = [
    path(room.prefix, include(room.urls)) for room in rooms.every_room() if room.urls
]

handler400 = "allting.config.error_pages.bad_request"
handler403 = "allting.config.error_pages.permission_denied"
handler404 = "allting.config.error_pages.page_not_found"
handler500 = "allting.config.error_pages.server_error"
