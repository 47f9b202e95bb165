"""Tells a robot of a team's chat, or any program, what drifted: JSON by HTTP."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Sequence
from http.client import HTTPException
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from storage.health import Measure

Kind = Literal["json", "feishu", "dingtalk", "wecom"]
KINDS: tuple[Kind, ...] = Kind.__args__  # type: ignore[attr-defined]
_TIMEOUT = 10.0  # seconds
TEXT_MOST = 2048  # bytes of UTF-8: WeCom refuses a longer text, and nobody reads more in a chat
_ROBOTS: dict[str, Kind] = {
    "open.feishu.cn": "feishu",
    "open.larksuite.com": "feishu",
    "oapi.dingtalk.com": "dingtalk",
    "qyapi.weixin.qq.com": "wecom",
}
_FIELDS = {
    "published_at": "发布时间",
    "source": "来源",
    "authors": "作者",
    "editor": "编辑",
    "pictures": "有图的文章",
    "captions": "有图说的图片",
    "credits": "有署名的图片",
    "general": "通用规则",
    "errors": "失败的页面",
    "body_length": "正文长度",
    "articles": "新文章",
}


class WebhookError(Exception):
    """The message was not taken: why, and by which host; its address is a secret and is not told."""


def kind_of(url: str) -> Kind:
    """Which form the robot at an address takes.

    >>> kind_of("https://open.feishu.cn/open-apis/bot/v2/hook/x"), kind_of("https://example.org/hook")
    ('feishu', 'json')
    """
    return _ROBOTS.get(_host(url), "json")


def payload(kind: Kind, portal: str, drifted: Sequence[Measure]) -> dict[str, Any]:
    """The JSON of a message; for programs all figures, for robots a text."""
    if kind == "json":
        measures = [measure._asdict() for measure in drifted]
        return {"event": "health", "portal": portal, "drifted": measures, "text": text(portal, drifted)}
    if kind == "feishu":
        return {"msg_type": "text", "content": {"text": text(portal, drifted)}}
    return {"msgtype": "text", "text": {"content": text(portal, drifted)}}


def text(portal: str, drifted: Sequence[Measure]) -> str:
    """What drifted, for people, in Chinese: at most TEXT_MOST bytes, without half a line."""
    lines = [f"图说：{portal} 有 {len(drifted)} 项指标偏离"]
    rest = f"……其余见 scrapy health {portal}"
    for number, measure in enumerate(drifted, 1):
        name = _FIELDS.get(measure.field, measure.field)
        said = f"频道 {measure.channel}：{name} {shown(measure.before)} → {shown(measure.now)}"
        more = [*lines, said, *measure.examples[:1]]
        ends = [] if number == len(drifted) else [rest]
        if len("\n".join([*more, *ends]).encode()) > TEXT_MOST:
            return "\n".join([*lines, rest])
        lines = more
    return "\n".join(lines)


def shown(value: float) -> str:
    """A share as per cent, a number as it is.

    >>> shown(0.25), shown(740)
    ('25%', '740')
    """
    return f"{value:.0%}" if isinstance(value, float) and value <= 1 else f"{value:.0f}"


def post(url: str, message: dict[str, Any]) -> None:
    """Send a message. Raises WebhookError, and nothing else."""
    host = _host(url)
    headers = {"Content-Type": "application/json; charset=utf-8"}
    try:
        data = json.dumps(message, ensure_ascii=False).encode()
        request = urllib.request.Request(url, data, headers, method="POST")
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=_TIMEOUT) as response:
            answer = response.read(4096)
    except OSError as error:
        reason = getattr(error, "reason", None) or getattr(error, "code", None) or type(error).__name__
        raise WebhookError(f"{host} did not take the message: {reason}") from None
    except (HTTPException, ValueError) as error:
        # what these say may hold the whole address
        raise WebhookError(f"{host} did not take the message: {type(error).__name__}") from None
    _check(host, message, answer)


def _check(host: str, message: dict[str, Any], answer: bytes) -> None:
    """Robots answer HTTP 200 also to what they refuse; what other programs mean by a code is theirs."""
    if "msgtype" not in message and "msg_type" not in message:
        return
    try:
        said = json.loads(answer)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise WebhookError(f"{host} did not answer as a robot does; is the address right?")
    if code := next((said[name] for name in ("errcode", "code", "StatusCode") if said.get(name)), 0):
        reason = " ".join(str(said.get("errmsg") or said.get("msg") or code).split())
        raise WebhookError(f"{host} refused the message: {reason[:200]}")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A message that was sent on would be asked for, not posted, and by whom nobody knows."""

    def redirect_request(self, *_: Any) -> None:
        return None


def _host(url: str) -> str:
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        raise WebhookError("HEALTH_WEBHOOK is no http or https address") from None
    if parts.scheme not in ("http", "https") or not host:
        raise WebhookError("HEALTH_WEBHOOK is no http or https address")
    return host
