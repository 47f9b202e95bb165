"""python -m tests.replica: serve the replica until SIGTERM or SIGINT."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys

from tests.replica.replica import Replica
from tests.replica.server import Site, connect_to, listen


def _whole(text: str) -> int:
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError(f"{value} is below zero")
    return value


def _arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.replica", description=__doc__)
    parser.add_argument("--size", type=_whole, default=200, help="articles on day 0 (default 200)")
    parser.add_argument("--seed", type=_whole, default=1, help="another seed makes another portal")
    parser.add_argument("--day", type=_whole, default=0, help="day of the clock, which control.replica moves")
    parser.add_argument("--port", type=_whole, default=8099, help="port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--prerender", action="store_true", help="make all pages before the first request")
    parser.add_argument(
        "--write-expected", metavar="FILE", help="write the records a crawl must find, as JSON Lines"
    )
    return parser.parse_args(arguments)


async def _serve(site: Site, port: int) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    server = await listen(site, port)
    print(f"-s CONNECT_TO='{connect_to(server.sockets[0].getsockname()[1])}'", flush=True)
    await stop.wait()
    server.close()


def main(arguments: list[str]) -> int:
    """Exit code 0 after a signal, 1 when it cannot serve."""
    options = _arguments(arguments)
    try:
        replica = Replica(options.size, options.seed, options.day)
        if options.write_expected:
            replica.write_expected(options.write_expected)
        asyncio.run(_serve(Site(replica, prerender=options.prerender), options.port))
    except (OSError, ValueError) as error:
        print(f"replica: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
