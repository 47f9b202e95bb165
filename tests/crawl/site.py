"""A small portal under CRI's names, page by page, and the crawl of it in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests.net.loopback import Page, Server

ROOT = Path(__file__).resolve().parents[2]
NEWS = "https://news.cri.cn"


@dataclass
class Finished:
    """A crawl that has ended."""

    code: int
    stderr: str
    stdout: str


class Site(Server):
    """Pages by their full URL; the host is not looked at, so paths must differ."""

    def add(self, url: str, body: str | bytes, status: int = 200, **headers: str) -> str:
        data = body if isinstance(body, bytes) else body.encode()
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        parts = urlsplit(url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        self.pages[path] = Page(data, status, names)
        return url

    def article(self, number: int, **fields: str) -> str:
        """Add an ordinary article; its URL."""
        return self.add(article_url(number, fields.pop("day", "20230510")), article(number, **fields))

    def crawl(self, *arguments: str, database: str, **settings: object) -> Finished:
        """Run `scrapy crawl cri` on this site to its end."""
        return crawl(*arguments, database=database, CONNECT_TO={"*.cri.cn": self.address}, **settings)


def crawl(*arguments: str, database: str, timeout: float = 120, **settings: object) -> Finished:
    """Run `scrapy crawl cri` to its end, without delays; `timeout` in seconds."""
    command = command_line(*arguments, database=database, **settings)
    done = subprocess.run(
        command, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=timeout
    )
    return Finished(done.returncode, done.stderr, done.stdout)


def command_line(*arguments: str, database: str, **settings: object) -> list[str]:
    """The command of a crawl without delays."""
    portal = [] if arguments and not arguments[0].startswith("-") else ["cri"]
    command = [sys.executable, "-m", "scrapy", "crawl", *portal, *arguments]
    given = {
        "DATABASE_URL": database,
        "DOWNLOAD_DELAY": 0,
        "AUTOTHROTTLE_ENABLED": 0,
        "RETRY_TIMES": 0,
        # beside an SQLite file it goes with the file; else it would lie in the project
        "ARCHIVE": int(database.startswith("sqlite")),
        **settings,
    }
    for name, value in given.items():
        command += ["-s", f"{name}={json.dumps(value) if isinstance(value, dict) else value}"]
    return command


def environment() -> dict[str, str]:
    """The environment without what would change a crawl."""
    return {name: value for name, value in os.environ.items() if not name.startswith("TUSHUO_DATABASE")}


def article_url(number: int, day: str = "20230510") -> str:
    return f"{NEWS}/{day}/{number:08x}-1111-4222-8333-444455556666.html"


def article(
    number: int, *, title: str = "", body: str = "", time: str = "2023-05-10 09:00:00", more: str = ""
) -> str:
    """The markup of an article whose text no other number has."""
    title = title or f"第{number}号码头迎来首班货轮"
    body = body or (
        f"<p>　　清早六点，第{number}号码头的吊臂开始转动，今天要卸下{number * 7 + 3}个货柜。调度员说，"
        f"夜里的雾比往常散得早，船比预报提前了{number % 50 + 2}分钟靠岸。</p>"
        f"<p>　　码头工人老{chr(0x4E00 + number % 5000)}把最后一根缆绳套上桩，朝船上挥了挥手。他在这里干了"
        f"{number % 30 + 5}年，说货轮的汽笛他一听就知道是哪一艘。</p>"
        f'<p style="text-align:center"><img src="//p2.cri.cn/{number}.jpg" alt="{title}"></p>'
        f'<p style="text-align:center">货轮驶入第{number}号码头。 江平/摄</p>'
    )
    return (
        f'<html><head><meta charset="utf-8"><title>{title}-国际在线</title></head><body>'
        f'<div class="list-title" id="atitle">{title}</div><div class="list-brief">'
        f'<span id="apublishtime">{time}</span><span id="asource">来源：<a href="/">港口日报</a></span>'
        f'<span id="aeditor">编辑：江平</span></div><div class="abody" id="abody" pageData=\'\'>{body}</div>'
        f"{more}</body></html>"
    )


def list_page(urls: list[str], next_url: str | None = None, day: str = "2023年05月10日 10:20") -> str:
    """The markup of a list page."""
    items = "".join(
        f'<li><div class="sftx-list-text"><a href="{url}">标题</a></div>'
        f'<div class="sftx-list-time">{day}</div></li>'
        for url in urls
    )
    following = f'<a href="{next_url}">下一页</a>' if next_url else ""
    return (
        '<html><head><meta charset="utf-8"></head><body><div class="sftx-list more-list"><ul>'
        f"{items}</ul></div>{following}</body></html>"
    )
