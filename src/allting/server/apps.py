from django.apps import AppConfig


class ServerConfig(AppConfig):
    name = "allting.server"
    default_auto_field = "django.db.models.BigAutoField"
