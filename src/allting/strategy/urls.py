from django.urls import path

from allting.strategy.views import priorities, promises, strategy

app_name = "strategy"
urlpatterns = [
    path("processes/<int:process_id>/strategy", strategy.strategy, name="strategy"),
    path("processes/<int:process_id>/strategy/write", strategy.write, name="write"),
    # Priorities
    path("processes/<int:process_id>/priorities", priorities.priorities, name="priorities"),
    path("processes/<int:process_id>/priorities/new", priorities.propose, name="propose"),
    path("priorities/<int:priority_id>", priorities.priority, name="priority"),
    path("priorities/<int:priority_id>/edit", priorities.edit, name="edit_priority"),
    path("priorities/<int:priority_id>/owner", priorities.name_owner, name="name_owner"),
    path("priorities/<int:priority_id>/end", priorities.end, name="end_priority"),
    # Promises
    path("processes/<int:process_id>/promises", promises.promises, name="promises"),
    path("priorities/<int:priority_id>/promises/new", promises.draft, name="draft_promise"),
    path("promises/<int:promise_id>", promises.promise, name="promise"),
    path("promises/<int:promise_id>/edit", promises.edit, name="edit_promise"),
    path("promises/<int:promise_id>/withdraw", promises.withdraw, name="withdraw_promise"),
]
