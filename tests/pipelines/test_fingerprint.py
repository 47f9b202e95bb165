from __future__ import annotations

from copy import deepcopy

from crawler.items import Article, Block, Image, join_text
from pipelines.fingerprint import FingerprintPipeline, fingerprint

TEXT = (
    "清早六点，码头的吊臂开始转动，今天要卸下三百个货柜。调度员说，"
    "夜里的雾比往常散得早，船比预报提前了二十分钟靠岸，工人们都很高兴，卸完货就能回家过节。"
)


def article(**changes: object) -> Article:
    blocks = [Block("paragraph", text=TEXT)]
    made = Article(
        url="https://news.cri.cn/20230510/a.html",
        title="货轮靠岸",
        blocks=blocks,
        body_text=join_text(blocks),
        images=[
            Image(url="https://p2.cri.cn/1.jpg", position=1, caption="货轮。"),
            Image(url="https://p2.cri.cn/2.jpg", position=2, caption="吊臂。"),
        ],
    )
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def test_the_same_text_set_anew_has_the_same_hash() -> None:
    wide = TEXT.replace("，", ", ").replace("。", "．\u3000")

    assert fingerprint(article()).text_hash == fingerprint(article(body_text=wide)).text_hash


def test_another_text_has_another_hash() -> None:
    assert fingerprint(article()).text_hash != fingerprint(article(body_text=TEXT + "完。")).text_hash


def test_a_short_text_says_nothing() -> None:
    assert fingerprint(article(body_text="今天晴。")).text_hash is None


def test_one_picture_says_nothing() -> None:
    one = article()
    one.images = one.images[:1]

    assert fingerprint(one).pictures_hash is None
    assert fingerprint(article()).pictures_hash is not None


def test_pictures_agree_whatever_host_serves_them() -> None:
    moved = deepcopy(article())
    for image in moved.images:
        image.url = image.url.replace("https://p2.", "http://p9.")

    assert fingerprint(moved).pictures_hash == fingerprint(article()).pictures_hash
    assert fingerprint(moved).content_hash == fingerprint(article()).content_hash


def test_a_caption_s_change_is_a_change_of_content_alone() -> None:
    changed = deepcopy(article())
    changed.images[0].caption = "另一艘货轮。"

    assert fingerprint(changed).content_hash != fingerprint(article()).content_hash
    assert fingerprint(changed).text_hash == fingerprint(article()).text_hash


def test_metadata_alone_is_no_change_of_content() -> None:
    assert fingerprint(article(editor="江平")).content_hash == fingerprint(article()).content_hash


def test_the_pipeline_sets_it() -> None:
    item = FingerprintPipeline().process_item(article())

    assert item.fingerprint is not None
    assert item.fingerprint.url_key == "news.cri.cn/20230510/a.html"
