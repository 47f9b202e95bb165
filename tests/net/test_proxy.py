"""PROXY: one proxy for every request, behind the same guard."""

from __future__ import annotations

import base64
import datetime
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from loopback import Page

from crawler.middlewares.endpoint import WrongSetting
from crawler.middlewares.proxy import Proxy

HOST = "news.cri.cn"


class ConnectProxy:
    """Answers CONNECT for any host with one TLS page, signed for `certified` by a throw-away certificate."""

    def __init__(self, folder: Path, certified: str) -> None:
        self.asked: list[str] = []
        self.certificate = folder / "certificate.pem"
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(self._write_certificate(certified))
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            head += connection.recv(4096)
        self.asked.append(head.decode().split("\r\n")[0])
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        try:
            with self._context.wrap_socket(connection, server_side=True) as secure:
                secure.recv(4096)
                secure.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
        except OSError:
            connection.close()  # the crawler did not like the certificate

    def _write_certificate(self, certified: str) -> Path:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, certified)])
        now = datetime.datetime.now(datetime.UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(certified)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        self.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + private)
        return self.certificate


@pytest.fixture
def connect_proxy(tmp_path: Path) -> Iterator[ConnectProxy]:
    running = ConnectProxy(tmp_path, HOST)
    yield running
    running.close()


def test_every_http_request_goes_through_the_proxy_under_its_own_url(server: Any, crawl: Any) -> None:
    server.pages = {"http://news.cri.cn/a": Page()}

    done = crawl(
        ["http://news.cri.cn/a"],
        settings={"PROXY": f"http://me:s%40cret@{server.address}"},
        domains=["cri.cn"],
    )

    assert done.end("http://news.cri.cn/a")["final"] == "http://news.cri.cn/a"
    assert server.paths() == ["http://news.cri.cn/robots.txt", "http://news.cri.cn/a"]
    token = "Basic " + base64.b64encode(b"me:s@cret").decode()
    assert {hit.headers["Proxy-Authorization"] for hit in server.hits} == {token}


def test_proxies_of_the_environment_are_ignored(server: Any, other_server: Any, crawl: Any) -> None:
    server.pages = {"/a": Page()}
    environment = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY"), f"http://{other_server.address}")

    done = crawl(["http://news.cri.cn/a"], settings={"CONNECT_TO": {HOST: server.address}}, env=environment)

    assert done.end("http://news.cri.cn/a")["status"] == 200
    assert other_server.hits == []


def test_hosts_of_connect_to_do_not_go_through_the_proxy(server: Any, other_server: Any, crawl: Any) -> None:
    server.pages = {"/a": Page()}

    done = crawl(
        ["http://news.cri.cn/a"],
        settings={"CONNECT_TO": {HOST: server.address}, "PROXY": f"http://me:secret@{other_server.address}"},
    )

    assert done.end("http://news.cri.cn/a")["status"] == 200
    assert other_server.hits == []
    assert all("Proxy-Authorization" not in hit.headers for hit in server.hits)


def test_private_hosts_are_refused_before_the_proxy_hears_of_them(server: Any, crawl: Any) -> None:
    urls = ["http://127.0.0.1/", "http://10.0.0.1/", "http://inside.cri.cn/", f"http://{server.address}/"]

    done = crawl(
        urls,
        hosts={"inside.cri.cn": "192.168.1.1"},
        settings={"PROXY": f"http://{server.address}", "ROBOTSTXT_OBEY": False},
    )

    assert {done.end(url)["error"] for url in urls} == {"RefusedAddress"}
    assert server.hits == []


def test_a_name_unknown_here_is_left_to_the_proxy_only_for_the_portals_own_hosts(
    server: Any, crawl: Any
) -> None:
    server.pages = {"http://news.cri.cn/a": Page(), "http://cdn.com/b": Page()}

    done = crawl(
        ["http://news.cri.cn/a", "http://cdn.com/b"],
        settings={"PROXY": f"http://{server.address}", "ROBOTSTXT_OBEY": False},
        domains=["cri.cn"],
        meta={"allow_offsite": True},
    )

    assert done.end("http://news.cri.cn/a")["status"] == 200
    assert done.end("http://cdn.com/b")["error"] == "RefusedAddress"
    assert server.paths() == ["http://news.cri.cn/a"]


def test_https_goes_through_connect_and_an_unknown_certificate_is_refused(
    connect_proxy: ConnectProxy, crawl: Any
) -> None:
    done = crawl(
        [f"https://{HOST}/a"],
        settings={"PROXY": connect_proxy.url, "ROBOTSTXT_OBEY": False, "RETRY_ENABLED": False},
        domains=["cri.cn"],
    )

    assert connect_proxy.asked == [f"CONNECT {HOST}:443 HTTP/1.1"]
    assert done.end(f"https://{HOST}/a")["how"] == "errback"
    assert "certificate verify failed" in done.end(f"https://{HOST}/a")["message"]


@pytest.mark.parametrize(("host", "how"), [(HOST, "callback"), ("cq.cri.cn", "errback")])
def test_https_through_the_proxy_needs_a_certificate_for_the_host_itself(
    host: str, how: str, connect_proxy: ConnectProxy, crawl: Any
) -> None:
    done = crawl(
        [f"https://{host}/a"],
        settings={"PROXY": connect_proxy.url, "ROBOTSTXT_OBEY": False, "RETRY_ENABLED": False},
        domains=["cri.cn"],
        env={"SSL_CERT_FILE": str(connect_proxy.certificate)},
    )

    assert done.end(f"https://{host}/a")["how"] == how


@pytest.mark.parametrize(
    "value", ["127.0.0.1:3128", "socks5://127.0.0.1:1", "http://127.0.0.1", "http://", 3128]
)
def test_a_malformed_proxy_is_an_error_that_shows_a_right_one(value: Any) -> None:
    with pytest.raises(WrongSetting, match=r"PROXY: .*use -s PROXY=http://host:port"):
        Proxy.from_setting(value)


def test_no_proxy_is_none() -> None:
    assert Proxy.from_setting(None) is Proxy.from_setting("") is None
