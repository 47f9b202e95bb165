"""The replica over the wire, from a thread and from the command line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.replica.asking import split
from tests.replica.replica import Replica
from tests.replica.server import CONTROL, ReplicaServer

ROOT = Path(__file__).resolve().parents[2]


def ask(port: int, host: str, path: str, **headers: str) -> tuple[int, bytes]:
    client = HTTPConnection("127.0.0.1", port, timeout=10)
    client.request("GET", path, headers={"Host": host, **headers})
    response = client.getresponse()
    body = response.read()
    client.close()
    return response.status, body


@pytest.mark.parametrize("prerender", [False, True], ids=["lazy", "prerendered"])
def test_the_server_answers_as_the_replica_and_counts_its_visitors(prerender: bool) -> None:
    replica = Replica(30)
    url = split(replica.world.url(29))
    tag = replica.respond(*url).headers["ETag"]

    with ReplicaServer(replica, prerender=prerender) as server:
        port = int(server.address.rpartition(":")[2])
        assert ask(port, *url) == (200, replica.respond(*url).body)
        assert ask(port, *url, **{"If-None-Match": tag}) == (304, b"")
        assert ask(port, "elsewhere.example", "/")[0] == 404
        assert server.counts[url[0] + url[1]] == 2


def test_one_connection_serves_many_requests_and_head_has_no_body() -> None:
    with ReplicaServer(Replica(30)) as server:
        client = HTTPConnection("127.0.0.1", server.port, timeout=10)
        lengths = []
        for method in ("GET", "HEAD", "GET"):
            client.request(method, "/china", headers={"Host": "news.cri.cn"})
            response = client.getresponse()
            lengths.append((response.getheader("Content-Length"), len(response.read())))
        client.close()

    assert lengths[0] == lengths[2]
    assert lengths[1] == (lengths[0][0], 0)


def test_the_control_host_moves_the_day() -> None:
    with ReplicaServer(Replica(40)) as server:
        newest = server.replica.at(1).changes()[-1]
        assert newest.kind == "new"
        assert ask(server.port, *split(newest.url))[0] == 404

        assert ask(server.port, CONTROL, "/day/1") == (200, b'{"day": 1}')

        assert ask(server.port, *split(newest.url))[0] == 200
        assert CONTROL not in "".join(server.counts)


def test_a_port_that_is_taken_is_an_error() -> None:
    with ReplicaServer(Replica(5)) as server, pytest.raises(OSError, match="in use"):
        ReplicaServer(Replica(5), port=server.port).__enter__()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_command_serves_until_a_signal_and_writes_what_to_expect(
    tmp_path: Path, number: signal.Signals
) -> None:
    expected = tmp_path / "expected.jsonl"
    command = [sys.executable, "-m", "tests.replica", "--size", "25", "--port", "0", "--day", "1"]
    process = subprocess.Popen(
        [*command, "--prerender", "--write-expected", str(expected)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    setting = json.loads(line.removeprefix("-s CONNECT_TO='").rstrip("'\n"))

    status, _ = ask(int(setting["*.cri.cn"].rpartition(":")[2]), "news.cri.cn", "/china")
    process.send_signal(number)

    assert process.wait(timeout=10) == 0
    assert status == 200
    records = [json.loads(line) for line in expected.read_text("utf-8").splitlines()]
    assert records == list(Replica(25, day=1).expected())


def test_the_command_says_what_is_wrong_with_its_size() -> None:
    command = [sys.executable, "-m", "tests.replica", "--size", "0", "--port", "0"]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)

    assert done.returncode == 1
    assert "size is 0" in done.stderr
