from django.urls import path

from allting.opinions.views import beginning, imports, results, statements, voting, workbench

app_name = "opinions"
urlpatterns = [
    # Taking part
    path("conversations/<int:conversation_id>", voting.conversation, name="conversation"),
    path("statements/<int:statement_id>/vote", voting.vote, name="vote"),
    path("conversations/<int:conversation_id>/undo", voting.undo, name="undo"),
    path("conversations/<int:conversation_id>/enough", voting.enough, name="enough"),
    path("conversations/<int:conversation_id>/mine", voting.mine, name="mine"),
    path("statements/<int:statement_id>", statements.statement, name="statement"),
    path("conversations/<int:conversation_id>/say", statements.say, name="say"),
    path("conversations/<int:conversation_id>/similar", statements.similar, name="similar"),
    # Reading
    path("conversations/<int:conversation_id>/results", results.results, name="results"),
    path("conversations/<int:conversation_id>/results/table", results.table, name="table"),
    path("conversations/<int:conversation_id>/results/map", results.map_page, name="map_page"),
    path("conversations/<int:conversation_id>/results/over-time", results.over_time, name="over_time"),
    path("conversations/<int:conversation_id>/results/<str:ranking>", results.ranking, name="ranking"),
    path("conversations/<int:conversation_id>/report", results.read_report, name="report"),
    path("conversations/<int:conversation_id>/results.csv", results.download_csv, name="download_csv"),
    path("conversations/<int:conversation_id>/results.json", results.download_json, name="download_json"),
    path("conversations/<int:conversation_id>/map.svg", results.download_picture, {"form": "svg"}, name="map_svg"),
    path("conversations/<int:conversation_id>/map.png", results.download_picture, {"form": "png"}, name="map_png"),
    path("how-we-check", results.method, name="method"),
    # Looking after it
    path("conversations/<int:conversation_id>/workbench", workbench.workbench, name="workbench"),
    path("conversations/<int:conversation_id>/seed", workbench.seed, name="seed"),
    path("statements/<int:statement_id>/decide", workbench.decide, name="decide"),
    path("conversations/<int:conversation_id>/groups", workbench.name_groups, name="name_groups"),
    path("conversations/<int:conversation_id>/needs", workbench.needs, name="needs"),
    path("statements/<int:statement_id>/merge", workbench.merge, name="merge"),
    path("conversations/<int:conversation_id>/beginning", beginning.beginning, name="beginning"),
    path("statements/<int:statement_id>/beginning", beginning.put, name="put_at_start"),
    path("conversations/<int:conversation_id>/bursts", workbench.bursts, name="bursts"),
    path("conversations/<int:conversation_id>/bursts/set-aside", workbench.set_aside, name="set_aside"),
    path("bursts/<int:burst_id>/restore", workbench.restore_burst, name="restore_burst"),
    path("conversations/<int:conversation_id>/polis.zip", workbench.download_polis, name="download_polis"),
    path("import", imports.upload, name="upload"),
    path("import/<int:run_id>", imports.run, name="import_run"),
    path("import/<int:run_id>/start", imports.start, name="import_start"),
]
