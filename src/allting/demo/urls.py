from django.conf import settings
from django.urls import path

from allting.demo import views

app_name = "demo"
# Nobody may sign in as anybody, or read mails, but on the demo.
urlpatterns = (
    [
        path("", views.progress, name="progress"),
        path("elsewhere", views.elsewhere, name="elsewhere"),
        path("people", views.people, name="people"),
        path("mails", views.mails, name="mails"),
        path("mails/<int:mail_id>", views.mail, name="mail"),
    ]
    if settings.IS_DEMO
    else []
)
