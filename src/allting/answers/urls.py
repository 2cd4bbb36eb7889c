from django.urls import path

from allting.answers.views import preparing, publishing, reading, waiting

app_name = "answers"
urlpatterns = [
    path("waiting", waiting.waiting, name="waiting"),
    path("mine", waiting.mine, name="mine"),
    path("process/<int:process_id>", reading.answers, name="answers"),
    path("process/<int:process_id>/story", reading.story, name="story"),
    path("process/<int:process_id>/prepare", preparing.prepare, name="prepare"),
    path("process/<int:process_id>/publish", publishing.publish, name="publish"),
    path("groups/<int:group_id>", preparing.write, name="write"),
    path("groups/<int:group_id>/take-out/<int:item_id>", preparing.take_out, name="take_out"),
    path("<int:answer_id>", reading.answer, name="answer"),
    path("<int:answer_id>/take-back", preparing.take_back, name="take_back"),
]
