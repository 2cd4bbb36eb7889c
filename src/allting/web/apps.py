from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "allting.web"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Form fields may only be touched once Django is set up.
        from allting.web import forms  # noqa: PLC0415

        forms.speak_plainly()
