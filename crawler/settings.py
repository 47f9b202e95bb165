"""Scrapy's settings for Tushuo. Data only: every limit with its unit and its reason.

Anything here can be overridden for one run with `-s NAME=VALUE`.
"""

from typing import Any

KIB = 1024
MIB = 1024 * KIB
DAY = 24 * 60 * 60  # seconds

# --- the project

BOT_NAME = "tushuo"
SPIDER_LOADER_CLASS = (
    "crawler.spiders.loader.PortalLoader"  # a spider for every declaration in crawler/portals
)
SPIDER_MODULES: list[str] = []
COMMANDS_MODULE = "crawler.commands"
ADDONS = {"crawler.addon.Tushuo": 0}  # the user agent, the check of CONNECT_TO and PROXY, a quiet start
DATABASE_URL = "sqlite:///data/tushuo.db"  # relative to the folder of scrapy.cfg; or postgresql+psycopg://…

DATABASE_WAIT = 300.0  # seconds that a run waits for a database that is away; the crawl pauses meanwhile

# --- who asks

CONTACT = ""  # a URL or e-mail address that a portal's webmaster can turn to; becomes part of the user agent
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5",
}
COOKIES_ENABLED = False  # articles need none, and a challenge's cookie is not ours to carry

# --- politeness: with these at zero or off, nothing else delays

ROBOTSTXT_OBEY = True
CONCURRENT_REQUESTS_PER_DOMAIN = (
    1  # requests at a time to one host: a portal's host stands about one a second
)
DOWNLOAD_DELAY = 1.0  # seconds between two requests to one host
DOWNLOAD_DELAY_JITTER = (
    0.0  # share of the delay: an honest crawler has no rhythm to hide, .5 means every .5 s too
)
AUTOTHROTTLE_ENABLED = True  # slows down when a host does; never below DOWNLOAD_DELAY
AUTOTHROTTLE_TARGET_CONCURRENCY = 1.0  # requests in flight to one host
AUTOTHROTTLE_START_DELAY = 1.0  # seconds: as DOWNLOAD_DELAY; Scrapy's 5 only makes short runs long
AUTOTHROTTLE_MAX_DELAY = 60.0  # seconds
CONCURRENT_REQUESTS = 16  # over all hosts; a regional portal has some thirty, most of them idle

# --- when an article that is stored is looked at again

REVISIT_AFTER = [
    3600,
    DAY,
    7 * DAY,
    30 * DAY,
]  # seconds after it was first stored: corrections come early; empty: never again
GONE_CONFIRM_AFTER = 60.0  # seconds between the visit that misses an article and the one that confirms it

# --- what a page may cost

DOWNLOAD_MAXSIZE = (
    16 * MIB
)  # before and after decompression; an article page is under 1 MiB, pictures are larger
DOWNLOAD_WARNSIZE = 8 * MIB
DOWNLOAD_TIMEOUT = 60.0  # seconds for one page, from abroad too; Scrapy's 180 hold a slot for too long
DNS_TIMEOUT = 20.0  # seconds
REDIRECT_MAX_TIMES = 5  # http → https → www → new path is 3; more is a loop
METAREFRESH_MAXDELAY = 3  # seconds: list pages that reload themselves every minute are no redirects
RETRY_TIMES = 2  # after the first try
RETRY_HTTP_CODES = [
    500,
    502,
    503,
    504,
    522,
    524,
    408,
    429,  # after a pause of the whole host, see below
]
RETRY_PAUSE = (
    1.0  # seconds before the first retry of a page, and of a host that answers 429 or 503; it doubles
)
RETRY_PAUSE_MOST = 60.0  # seconds
RETRY_AFTER_WAIT = 600.0  # seconds of Retry-After that a run waits for; for longer the host's pages stay open
CRAWL_DELAY_MOST = 60.0  # seconds: a robots.txt that asks for more would stop the crawl, not slow it
HOST_DOWN_AFTER = 20  # troubles in a row (5xx, no answer): from then on the host is given growing pauses
HOST_DOWN_MOST = 900.0  # seconds of that after which the run leaves the host's pages to the next run
CHALLENGE_PAUSE = 3600.0  # seconds without a request to a host that answers every page with a challenge
HTTPERROR_ALLOW_ALL = True  # the spider says what an error page means: gone, busy, a challenge
RETRY_GIVE_UP_LOG_LEVEL = "DEBUG"  # the spider reports it, in its own words
URLLENGTH_LIMIT = 2048  # characters: longer ones are traps that grow with every link

# --- what a run may cost; what is left out stays in the ledger for the next run

DEPTH_LIMIT = 1000  # links from the start page: a channel of 20,000 articles has 1,000 list pages
CLOSESPIDER_TIMEOUT = 1 * DAY  # seconds: the next scheduled run goes on where this one ended
MEMUSAGE_LIMIT_MB = 2048  # a run stays far below; beyond it something leaks, and stopping loses nothing
MEMUSAGE_CHECK_INTERVAL_SECONDS = 15.0
SCRAPER_SLOT_MAX_ACTIVE_SIZE = (
    64 * KIB
)  # of pages that wait for the database: what a kill costs to fetch again
CONCURRENT_ITEMS = 16  # items of one page in the pipelines at once: event loop lag 1 ms, at 100 it was 23 ms
REACTOR_THREADPOOL_MAXSIZE = 10  # threads for name lookups

# --- what is closed: control ports, other protocols, private addresses

TELNETCONSOLE_ENABLED = False  # opens a port
REMOTE_CONTROL_ENABLED = False  # opens a port that runs code
TWISTED_DNS_RESOLVER = "crawler.middlewares.resolver.GuardedResolver"
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_HANDLERS = {
    "http": "crawler.middlewares.handler.GuardedDownloadHandler",
    "https": "crawler.middlewares.handler.GuardedDownloadHandler",
    "file": None,
    "data": None,
    "ftp": None,
    "s3": None,
}
HTTPPROXY_ENABLED = False  # reads proxies from the environment, past the guard
PROXY = None  # http://host:port, for every request that CONNECT_TO does not answer
CONNECT_TO: dict[
    str, str
] = {}  # {"*.cri.cn": "127.0.0.1:8099"}: those hosts, as plain HTTP, from that address

DOWNLOADER_MIDDLEWARES: dict[str, int | None] = {
    "crawler.middlewares.guard.GuardMiddleware": 40,
    "crawler.middlewares.offsite.PortalHostsMiddleware": 50,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "crawler.middlewares.robots.RobotsMiddleware": 100,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "crawler.middlewares.retry.RetryMiddleware": 550,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "crawler.middlewares.redirect.MetaRefreshMiddleware": 580,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    "crawler.middlewares.archive.ArchiveMiddleware": 595,
    "crawler.middlewares.redirect.RedirectMiddleware": 600,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "crawler.middlewares.proxy.ProxyMiddleware": 750,
}

# --- the archive: every response as it came, from which scrapy reextract reads again

ARCHIVE = True
ARCHIVE_DIR = (
    None  # relative to the folder of scrapy.cfg; None: archive beside the SQLite file, else data/archive
)
ARCHIVE_FILE_MIB = 512.0  # a file of the archive is closed at this size
ARCHIVE_MAX_GIB = (
    50.0  # of the whole folder, some two million pages; then the crawl goes on without, and says so
)

# --- pictures: captions, credits and URLs are always kept, the files only with IMAGES=on

IMAGES = "off"  # on: fetch the pictures of new and changed articles, by the same rules as pages
IMAGES_DIR = (
    None  # relative to the folder of scrapy.cfg; None: pictures beside the SQLite file, else data/pictures
)
IMAGES_MAXSIZE = 16 * MIB  # of one file; what portals show is under 1 MiB, an animation may have 10
IMAGES_MAX_PIXELS = (
    40_000_000  # of one picture, by its header: a press camera's has 38 million; decoded it may take 160 MB
)
IMAGES_PER_ARTICLE = 100  # pictures: galleries have up to some 60, the rest of a longer one keeps its URLs
IMAGES_TIMEOUT = 30.0  # seconds for one picture
IMAGES_WAIT = 60.0  # seconds an article waits for its pictures; later ones are added when they come
IMAGES_AGAIN = 30 * DAY  # seconds until a known picture's URL is asked again; hosts seldom change a file

# --- what becomes of an article

ITEM_PIPELINES = {
    "pipelines.validate.ValidatePipeline": 100,
    "pipelines.fingerprint.FingerprintPipeline": 200,
    "pipelines.dedupe.DedupePipeline": 300,
    "pipelines.media.MediaPipeline": 400,
    "pipelines.persist.PersistPipeline": 900,
}
FEED_EXPORT_ENCODING = "utf-8"
FEED_EXPORTERS = {
    "jsonl": "crawler.feeds.RecordExporter",
    "jsonlines": "crawler.feeds.RecordExporter",
    # scrapy export has the other formats; Scrapy's own would give rows unlike its
    **dict.fromkeys(("json", "jl", "csv", "xml", "marshal", "pickle")),
}

# --- what people see

EXTENSIONS: dict[str, Any] = {
    "crawler.extensions.progress.Progress": 500,
    "crawler.extensions.summary.Summary": 500,
    "crawler.extensions.health.Health": 600,
}
PROGRESS = True  # a live line in a terminal, else a log line now and then
PROGRESS_INTERVAL = 30.0  # seconds between two log lines
SUMMARY = True  # a few lines on stderr at the end
HEALTH_CHECK = True  # after a run: is each channel still read as well as in its own past?
HEALTH_WEBHOOK = (
    None  # an address that is told what drifted: a program's, or a robot's of Feishu, DingTalk, WeCom
)
HEALTH_WEBHOOK_KIND = None  # json, feishu, dingtalk or wecom; None: by the address
LOG_LEVEL = "INFO"
LOG_FORMAT = "%(asctime)s %(levelname)s [%(name)s] %(message)s"
LOG_VERSIONS: list[str] = []  # the versions of libraries are `scrapy version -v`
LOGSTATS_INTERVAL = 0  # Progress says it
STATS_DUMP = False  # Summary says it
DEFAULT_DROPITEM_LOG_LEVEL = "INFO"  # a known article is no warning; the reasons are counted
