"""What may come in place of a picture, one trouble a path: /pictures/<trouble>.jpg.

The article at GALLERY shows them all.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.hostile import pages
from tests.pictures import drawn
from tests.replica.pictures import draw

if TYPE_CHECKING:
    from tests.hostile.troubles import Call

GALLERY = "/20250101/gallery.html"
_JPEG = "image/jpeg"
_LARGE = 32 * 1024 * 1024  # bytes, more than IMAGES_MAXSIZE


def _sends(
    make: Callable[[], bytes], status: int = 200, kind: str = _JPEG, **headers: str
) -> Callable[[Call], None]:
    return lambda call: call.page(make(), status, kind, **headers)


def _cut(call: Call) -> None:
    body = draw(7, 3)
    call.head(200, {"Content-Type": _JPEG, "Content-Length": str(len(body))})
    call.connection.sendall(body[: len(body) // 2])


def _endless(call: Call) -> None:
    """Bytes without an end, and without a length said before."""
    call.head(200, {"Content-Type": _JPEG})
    call.connection.sendall(draw(7, 4))
    while not call.wait(0):
        call.connection.sendall(bytes(1 << 16))


def _hang(call: Call) -> None:
    call.wait()


PICTURES: dict[str, tuple[Callable[[Call], None], str | None]] = {
    "good": (_sends(lambda: draw(7, 1)), None),
    "called-html": (_sends(lambda: draw(7, 2), kind="text/html"), None),
    "html": (_sends(pages.good), "html"),
    "json": (_sends(lambda: b'{"code": 404, "message": "not found"}'), "json"),
    "empty": (_sends(bytes), "empty"),
    "missing": (_sends(bytes, 404), "http_404"),
    "error": (_sends(bytes, 500), "http_500"),
    "cut": (_cut, "truncated"),
    "half": (_sends(lambda: draw(7, 5)[:2000]), "broken"),
    "wide": (_sends(lambda: drawn.png_header(65_535, 65_535)), "too_many_pixels"),
    "bomb": (_sends(pages.bomb, Content_Encoding="gzip"), "ignored"),
    "large": (_sends(lambda: bytes(_LARGE)), "too_large"),
    "packed": (_sends(lambda: gzip.compress(draw(7, 6))), "not_a_picture"),
    "endless": (_endless, "too_large"),
    "hang": (_hang, "timeout"),
    "loopback": (lambda call: call.redirect("http://127.0.0.1:9/admin.jpg"), "refused_address"),
    "metadata": (lambda call: call.redirect("http://169.254.169.254/latest/x.jpg"), "refused_address"),
}
"""What each trouble does, and the reason that it leaves on the image; None: a picture."""


def gallery() -> bytes:
    """An article that shows every trouble."""
    shown = [f'<p><img src="/pictures/{trouble}.jpg"></p>' for trouble in PICTURES]
    return pages.article().replace("</p></div>", f"</p>{''.join(shown)}</div>").encode()


def answer_picture(call: Call) -> bool:
    """Make the trouble of a picture, or the article that shows them; False for another path."""
    if call.path == GALLERY:
        call.page(gallery())
        return True
    name = call.path.removeprefix("/pictures/").removesuffix(".jpg")
    if call.path != f"/pictures/{name}.jpg" or name not in PICTURES:
        return False
    PICTURES[name][0](call)
    return True
