"""What settings.py cannot say as data: checks before a run, the user agent, and a start without dumps."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

from crawler import __version__
from crawler.middlewares.connect_to import ConnectTo
from crawler.middlewares.endpoint import WrongSetting
from crawler.middlewares.proxy import Proxy
from crawler.pictures import images_wanted

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings, Settings

logger = logging.getLogger(__name__)

_DUMPS = ("Overridden settings", "Enabled %(componentname)ss", "Enabled addons", "Peak memory usage")
_DUMPING_LOGGERS = ("scrapy.crawler", "scrapy.middleware", "scrapy.addons", "scrapy.extensions.memusage")


class Tushuo:
    """Scrapy add-on of the project (ADDONS)."""

    @classmethod
    def update_pre_crawler_settings(cls, settings: BaseSettings) -> None:
        """Stop with one line and exit code 2 when a setting cannot be understood."""
        for name in _DUMPING_LOGGERS:
            # dictConfig resets levels of these loggers, but leaves their filters
            logging.getLogger(name).addFilter(_demote_dumps)
        try:
            check_settings(settings)
        except WrongSetting as error:
            sys.stderr.write(f"scrapy: error: {error}\n")
            raise SystemExit(2) from None

    def update_settings(self, settings: Settings) -> None:
        """Compose the user agent, unless the settings or the command line name one."""
        contact = settings["CONTACT"]
        settings.set("USER_AGENT", user_agent(settings["BOT_NAME"], contact), priority="addon")
        # robots.txt names products; a contact that contains another robot's name must not match it
        settings.set("ROBOTSTXT_USER_AGENT", settings["USER_AGENT"].split(" ")[0], priority="addon")
        if not contact:
            logger.warning(
                "CONTACT is empty, so a webmaster cannot tell who asks; set a URL or e-mail address: "
                "-s CONTACT=https://… or in crawler/settings.py"
            )


def check_settings(settings: BaseSettings) -> None:
    """Raise WrongSetting when a setting of ours cannot be understood."""
    ConnectTo.from_setting(settings["CONNECT_TO"])
    Proxy.from_setting(settings["PROXY"])
    images_wanted(settings)
    user_agent(settings["BOT_NAME"], settings["CONTACT"])


def user_agent(name: str, contact: object) -> str:
    """The honest user agent.

    >>> user_agent("tushuo", "https://example.org/crawler")  # doctest: +ELLIPSIS
    'tushuo/... (+https://example.org/crawler)'
    """
    contact = str(contact or "").strip()
    if not (contact.isascii() and contact.isprintable()):
        raise WrongSetting(f"CONTACT: {contact!r} cannot stand in a header; use a URL or an e-mail address")
    product = f"{name}/{__version__}"
    return f"{product} (+{contact})" if contact else product


def _demote_dumps(record: logging.LogRecord) -> bool:
    """What is of use to developers only is shown with -L DEBUG."""
    if record.levelno == logging.INFO and str(record.msg).startswith(_DUMPS):
        record.levelno, record.levelname = logging.DEBUG, "DEBUG"
    return True
