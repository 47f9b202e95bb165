"""What a webhook is told, in the form that it takes."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from crawler.webhook import WebhookError, kind_of, payload, post
from storage.health import Measure

DRIFT = [Measure("cri", "china", "captions", 0.9, 0.1, 80, 40, True, ["https://news.cri.cn/a.html"])]


class Robot(HTTPServer):
    """Keeps what is posted, and answers what it is told to."""

    def __init__(self) -> None:
        self.said: list[Any] = []
        self.answer: tuple[int, bytes] = (200, b"{}")
        super().__init__(("127.0.0.1", 0), _Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook/secret"


class _Handler(BaseHTTPRequestHandler):
    server: Robot

    def do_POST(self) -> None:
        self.server.said.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        status, body = self.server.answer
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if status == 302:
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def robot() -> Iterator[Robot]:
    running = Robot()
    yield running
    running.shutdown()
    running.server_close()


def test_each_robot_gets_its_form() -> None:
    feishu = payload("feishu", "cri", DRIFT)
    dingtalk = payload("dingtalk", "cri", DRIFT)

    assert feishu["msg_type"] == "text"
    assert "有图说的图片 90% → 10%" in feishu["content"]["text"]
    assert dingtalk["msgtype"] == "text"
    assert "https://news.cri.cn/a.html" in dingtalk["text"]["content"]
    assert payload("wecom", "cri", DRIFT) == dingtalk
    assert payload("json", "cri", DRIFT)["drifted"][0]["field"] == "captions"


def test_the_form_follows_from_the_address() -> None:
    assert kind_of("https://oapi.dingtalk.com/robot/send?access_token=x") == "dingtalk"
    assert kind_of("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=x") == "wecom"


def test_a_message_arrives(robot: Robot) -> None:
    post(robot.url, payload("json", "cri", DRIFT))

    assert robot.said[0]["portal"] == "cri"


@pytest.mark.parametrize(
    "answer",
    [(500, b""), (200, b'{"errcode": 310000, "errmsg": "sign not match"}'), (200, b'{"code": 19001}')],
)
def test_a_refusal_is_told_without_the_secret(robot: Robot, answer: tuple[int, bytes]) -> None:
    robot.answer = answer

    with pytest.raises(WebhookError) as caught:
        post(robot.url, payload("feishu", "cri", DRIFT))

    assert "127.0.0.1" in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        *("ftp://e.cn/secret", "file:///etc/secret", "nonsense", "http://127.0.0.1:1/secret"),
        *("http://[secret", "http://127.0.0.1:secret/x", "http://127.0.0.1/ secret"),
    ],
)
def test_an_address_that_nobody_answers_is_told(url: str) -> None:
    with pytest.raises(WebhookError) as caught:
        post(url, payload(kind_of(url) if url.startswith("http://1") else "json", "cri", DRIFT))

    assert "secret" not in str(caught.value)


def test_an_answer_that_is_no_http_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"nonsense\r\n\r\n")

        threading.Thread(target=answer, daemon=True).start()
        with pytest.raises(WebhookError, match="BadStatusLine"):
            post(f"http://127.0.0.1:{server.getsockname()[1]}/secret", {})


def test_only_a_robots_code_is_a_refusal(robot: Robot) -> None:
    robot.answer = (200, b'{"code": 200}')

    post(robot.url, payload("json", "cri", DRIFT))

    with pytest.raises(WebhookError, match="200"):
        post(robot.url, payload("feishu", "cri", DRIFT))


def test_a_page_in_place_of_a_robots_answer_is_told(robot: Robot) -> None:
    robot.answer = (200, b"<html>please log in</html>")

    with pytest.raises(WebhookError, match="as a robot does"):
        post(robot.url, payload("wecom", "cri", DRIFT))


def test_a_redirect_is_not_followed(robot: Robot) -> None:
    robot.answer = (302, b"")

    with pytest.raises(WebhookError):
        post(robot.url, payload("json", "cri", DRIFT))


def test_a_long_text_ends_where_wecom_ends_and_says_so() -> None:
    drifted = [DRIFT[0]._replace(channel=f"channel-{number}") for number in range(60)]

    content = payload("wecom", "cri", drifted)["text"]["content"]

    assert 1800 < len(content.encode()) <= 2048
    assert content.splitlines()[0] == "图说：cri 有 60 项指标偏离"
    assert content.splitlines()[-1] == "……其余见 scrapy health cri"
    assert content.splitlines()[-2] == DRIFT[0].examples[0]
