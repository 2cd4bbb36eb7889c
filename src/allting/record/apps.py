from django.apps import AppConfig


class RecordConfig(AppConfig):
    name = "allting.record"
    default_auto_field = "django.db.models.BigAutoField"
