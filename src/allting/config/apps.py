from django.apps import AppConfig

from allting.web import rooms


class ConfigConfig(AppConfig):
    name = "allting.config"

    def ready(self) -> None:
        """Read every room's manifest once, after all models are there."""
        rooms.open_rooms()
