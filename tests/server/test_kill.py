"""A server killed in mid-vote: every vote that was answered is there after the next start."""

from __future__ import annotations

import http.client
import subprocess
import threading
from collections import Counter
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests import servers
from tests.server import voting_world

VOTERS = 12
KILL_AFTER = 80
ANSWERS = {"agree": 1, "disagree": -1, "pass": 0}


class _Voters:
    """Devices that vote at the same time, each on one connection, until the server is gone."""

    def __init__(self, *, port: int, statements: list[tuple[int, str]]) -> None:
        self.sent: Counter[tuple[int, int]] = Counter()
        self.answered: Counter[tuple[int, int]] = Counter()
        self.refused: list[int] = []
        self.is_time_to_kill = threading.Event()
        self._port = port
        self._statements = statements
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._vote, args=(number,)) for number in range(VOTERS)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        for thread in self._threads:
            thread.join(30)

    def _vote(self, number: int) -> None:
        token = f"{number:032d}"
        cookies = {"csrftoken": token}
        connection = http.client.HTTPConnection("localhost", self._port, timeout=20)
        for place, (statement_id, path) in enumerate(self._statements):
            answer = list(ANSWERS)[(number + place) % 3]
            vote = (statement_id, ANSWERS[answer])
            with self._lock:
                self.sent[vote] += 1
            try:
                status = self._post(connection, path, answer=answer, cookies=cookies)
            except (OSError, http.client.HTTPException):
                return  # killed
            with self._lock:
                if status in {200, 302}:
                    self.answered[vote] += 1
                else:
                    self.refused.append(status)
                if self.answered.total() >= KILL_AFTER or self.refused:
                    self.is_time_to_kill.set()

    def _post(self, connection: http.client.HTTPConnection, path: str, *, answer: str, cookies: dict[str, str]) -> int:
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "X-CSRFToken": cookies["csrftoken"],
        }
        connection.request("POST", path, urlencode({"answer": answer}), headers)
        response = connection.getresponse()
        response.read()
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.split(";")[0].partition("=")
            cookies[name] = value
        return response.status


@pytest.mark.slow
def test_every_answered_vote_survives_a_kill(tmp_path: Path) -> None:
    data_dir, database_url = tmp_path / "data", servers.make_database()
    subprocess.run(
        servers.command("migrate", "--data-dir", data_dir),
        env=servers.environment(database_url=database_url),
        check=True,
        stdout=subprocess.DEVNULL,
    )
    statements = voting_world.ask("make", data_dir=data_dir, database_url=database_url)

    with servers.start(data_dir=data_dir, database_url=database_url) as server:
        voters = _Voters(port=int(server.url.rsplit(":", 1)[1]), statements=statements)
        voters.start()
        assert voters.is_time_to_kill.wait(60), voters.answered.total()
        assert voters.refused == []
        server.kill()
        voters.join()
    with servers.start(data_dir=data_dir, database_url=database_url) as server:
        assert server.get("/health")[0] == 200
        kept = Counter(
            {
                (statement_id, value): many
                for statement_id, value, many in voting_world.ask("count", data_dir=data_dir, database_url=database_url)
            }
        )

    assert voters.answered - kept == Counter(), "an answered vote is gone"
    assert kept - voters.sent == Counter(), "a vote is there that nobody sent"
    assert voters.sent.total() > voters.answered.total(), "the kill came when nothing was under way"
