from django.urls import path

from allting.server import health

app_name = "server"
urlpatterns = [path("health", health.health, name="health")]
