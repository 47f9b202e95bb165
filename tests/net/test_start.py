"""How a crawl starts: wrong settings stop it, the user agent is honest, and nothing is dumped."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from loopback import Page

from crawler import __version__
from crawler.addon import user_agent
from crawler.middlewares.endpoint import WrongSetting

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ("CONNECT_TO=*.cri.cn:8099", "CONNECT_TO: '*.cri.cn:8099' is not JSON"),
        ("CONNECT_TO=[1]", "is not a mapping"),
        ('CONNECT_TO={"cri.cn": "127.0.0.1"}', "is not an address with a port"),
        ("PROXY=socks5://127.0.0.1:1", "PROXY: 'socks5://127.0.0.1:1' is not an HTTP proxy"),
        ("CONTACT=a\nb", "CONTACT: "),
    ],
)
def test_a_wrong_setting_stops_the_command_with_one_line_and_exit_code_2(setting: str, says: str) -> None:
    loader = "SPIDER_LOADER_CLASS=scrapy.spiderloader.SpiderLoader"
    command = [
        sys.executable,
        "-m",
        "scrapy",
        "crawl",
        "cri",
        "-s",
        loader,
        "-s",
        "COMMANDS_MODULE=",
        "-s",
        setting,
    ]
    # only this test's subject: the commands of the project are tested by themselves
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}

    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, check=False)

    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_the_user_agent_names_product_version_and_contact(server: Any, crawl: Any) -> None:
    server.pages = {"/a": Page()}

    crawl(
        ["http://cri.cn/a"],
        settings={"CONNECT_TO": {"cri.cn": server.address}, "CONTACT": "https://example.org/crawler"},
    )

    expected = f"tushuo/{__version__} (+https://example.org/crawler)"
    assert {hit.headers["User-Agent"] for hit in server.hits} == {expected}
    assert all(hit.headers["Accept-Language"].startswith("zh-CN") for hit in server.hits)


def test_without_a_contact_the_crawl_says_once_how_to_set_one(server: Any, crawl: Any) -> None:
    server.pages = {"/a": Page()}

    done = crawl(["http://cri.cn/a"], settings={"CONNECT_TO": {"cri.cn": server.address}})

    assert server.hits[0].headers["User-Agent"] == f"tushuo/{__version__}"
    assert done.stderr.count("CONTACT is empty") == 1
    assert "-s CONTACT=" in done.stderr


def test_a_user_agent_of_the_command_line_wins(server: Any, crawl: Any) -> None:
    server.pages = {"/a": Page()}

    crawl(["http://cri.cn/a"], settings={"CONNECT_TO": {"cri.cn": server.address}, "USER_AGENT": "mine/1"})

    assert {hit.headers["User-Agent"] for hit in server.hits} == {"mine/1"}


@pytest.mark.parametrize("contact", ["a\r\nCookie: x", "联系我"])
def test_a_contact_that_cannot_stand_in_a_header_is_an_error(contact: str) -> None:
    with pytest.raises(WrongSetting, match="CONTACT"):
        user_agent("tushuo", contact)


def test_a_start_dumps_neither_settings_nor_middlewares(crawl: Any) -> None:
    quiet = crawl([])
    loud = crawl([], settings={"LOG_LEVEL": "DEBUG"})

    for dump in ("Overridden settings", "Enabled downloader middlewares", "Enabled addons", "Versions:"):
        assert dump not in quiet.stderr
    assert "Enabled downloader middlewares" in loud.stderr
    assert "Spider opened" in quiet.stderr


def test_a_crawl_uses_nothing_that_scrapy_has_deprecated(server: Any, crawl: Any) -> None:
    server.pages = {"/a": Page(status=302, headers={"Location": "/b"}), "/b": Page()}

    done = crawl(["http://cri.cn/a"], settings={"CONNECT_TO": {"cri.cn": server.address}}, domains=["cri.cn"])

    assert done.end("http://cri.cn/a")["status"] == 200
    assert "Deprecat" not in done.stderr
