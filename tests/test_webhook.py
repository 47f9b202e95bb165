"""What a webhook is told, in the form that it takes."""

from __future__ import annotations

import json
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


@pytest.mark.parametrize("url", ["ftp://e.cn/x", "file:///etc/passwd", "nonsense", "http://127.0.0.1:1/x"])
def test_an_address_that_nobody_answers_is_told(url: str) -> None:
    with pytest.raises(WebhookError):
        post(url, {})
