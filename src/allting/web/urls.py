from django.urls import path, register_converter
from django.views.i18n import set_language

from allting.web import views


class Hex:
    """Six hexadecimal digits, in capitals or not."""

    regex = "[0-9A-Fa-f]{6}"

    def to_python(self, value: str) -> str:
        return value.upper()

    def to_url(self, value: str) -> str:
        return str(value).lstrip("#").upper()


register_converter(Hex, "hex")

app_name = "web"
urlpatterns = [
    path("language", set_language, name="set_language"),
    path("styles/<slug:digest>.css", views.styles, name="styles"),
    path("colour/<hex:colour>.css", views.colour_css, name="colour_css"),
    path("kit", views.kit, name="kit"),
]
