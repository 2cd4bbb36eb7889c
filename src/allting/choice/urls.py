from django.urls import path

from allting.choice.views import ballot, comparing, decision, outcome, workbench

app_name = "choice"
urlpatterns = [
    # Choosing
    path("rounds/<int:round_id>", ballot.ballot, name="ballot"),
    path("rounds/<int:round_id>/deal", ballot.deal, name="deal"),
    path("rounds/<int:round_id>/compare", comparing.compare, name="compare"),
    path("rounds/<int:round_id>/review", ballot.review, name="review"),
    path("rounds/<int:round_id>/cast", ballot.cast, name="cast"),
    path("receipt", ballot.receipt, name="receipt"),
    path("receipt/change", ballot.change, name="change"),
    # Reading
    path("rounds/<int:round_id>/outcome", outcome.outcome, name="outcome"),
    path("rounds/<int:round_id>/outcome.json", outcome.certificate, name="certificate"),
    path("options/<int:option_id>", outcome.option, name="option"),
    # Deciding
    path("rounds/<int:round_id>/brief", decision.read_brief, name="brief"),
    path("rounds/<int:round_id>/decide", decision.decide, name="decide"),
    # Looking after
    path("rounds/<int:round_id>/workbench", workbench.workbench, name="workbench"),
    path("rounds/<int:round_id>/options", workbench.add, name="add"),
    path("rounds/<int:round_id>/candidates", workbench.take_in, name="take_in"),
    path("rounds/<int:round_id>/shortlist", workbench.open_shortlist, name="open_shortlist"),
    path("rounds/<int:round_id>/open", workbench.open_round, name="open"),
    path("rounds/<int:round_id>/count", workbench.count_rehearsed, name="count"),
    path("options/<int:option_id>/reword", workbench.reword, name="reword"),
    path("options/<int:option_id>/leave-out", workbench.leave_out, name="leave_out"),
]
