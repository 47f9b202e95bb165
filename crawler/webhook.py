"""Tells a robot of a team's chat, or any program, what drifted: JSON by HTTP."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from storage.health import Measure

Kind = Literal["json", "feishu", "dingtalk", "wecom"]
KINDS: tuple[Kind, ...] = Kind.__args__  # type: ignore[attr-defined]
_TIMEOUT = 10.0  # seconds
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
    return _ROBOTS.get(urlsplit(url).hostname or "", "json")


def payload(kind: Kind, portal: str, drifted: Sequence[Measure]) -> dict[str, Any]:
    """The JSON of a message; for programs all figures, for robots a text."""
    if kind == "json":
        measures = [measure._asdict() for measure in drifted]
        return {"event": "health", "portal": portal, "drifted": measures, "text": text(portal, drifted)}
    if kind == "feishu":
        return {"msg_type": "text", "content": {"text": text(portal, drifted)}}
    return {"msgtype": "text", "text": {"content": text(portal, drifted)}}


def text(portal: str, drifted: Sequence[Measure]) -> str:
    """What drifted, for people, in Chinese."""
    lines = [f"图说：{portal} 有 {len(drifted)} 项指标偏离"]
    for measure in drifted:
        name = _FIELDS.get(measure.field, measure.field)
        lines.append(f"频道 {measure.channel}：{name} {shown(measure.before)} → {shown(measure.now)}")
        lines += measure.examples[:1]
    return "\n".join(lines)


def shown(value: float) -> str:
    """A share as per cent, a number as it is.

    >>> shown(0.25), shown(740)
    ('25%', '740')
    """
    return f"{value:.0%}" if isinstance(value, float) and value <= 1 else f"{value:.0f}"


def post(url: str, message: dict[str, Any]) -> None:
    """Send a message. Raises WebhookError."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise WebhookError("HEALTH_WEBHOOK is no http or https address")
    request = urllib.request.Request(
        url,
        data=json.dumps(message, ensure_ascii=False).encode(),
        headers={"Content-Type": "application/json; charset=utf-8"},
        method="POST",
    )
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT) as response:
            answer = response.read(4096)
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", None) or getattr(error, "code", None) or type(error).__name__
        raise WebhookError(f"{parts.hostname} did not take the message: {reason}") from None
    try:
        said = json.loads(answer)
    except ValueError:
        return  # only the robots answer in JSON
    # they answer HTTP 200 also to what they refuse
    code = (
        next((said[name] for name in ("errcode", "code", "StatusCode") if said.get(name)), 0)
        if isinstance(said, dict)
        else 0
    )
    if code:
        raise WebhookError(
            f"{parts.hostname} refused the message: {said.get('errmsg') or said.get('msg') or code}"
        )
