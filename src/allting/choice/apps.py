from django.apps import AppConfig


class ChoiceConfig(AppConfig):
    name = "allting.choice"
    default_auto_field = "django.db.models.BigAutoField"
