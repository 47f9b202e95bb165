"""Articles whose pages claim another address."""

from __future__ import annotations

from typing import Any

import pytest

from crawler.items import Article
from pipelines.fingerprint import fingerprint
from storage.check import problems
from storage.committer import write_now
from storage.engine import Database
from storage.forget import Forget, Forgotten
from storage.ledger import Discover, Mark, due_pages
from storage.models import ARTICLE, PAGE
from storage.queries import article_by
from storage.writer import StoreArticle
from tests.factories import apply, article, fetched, found, row, rows, store

OWN = "https://h5.qingshi.example/w/2031775.html"
CLAIM = "https://news.qingshi.example/nong/2031775.html"


def at(url: str, claim: str | None, **changes: Any) -> Article:
    return article(1, url=url, canonical_url=claim, **changes)


def key(url: str) -> str:
    return url.partition("://")[2]


def test_an_article_is_kept_under_the_address_that_it_claims(database: Database) -> None:
    (first,) = store(database, at(OWN, CLAIM))
    (second,) = store(database, at(CLAIM, CLAIM))

    assert (first.state, second.state) == ("new", "same")
    assert row(database, ARTICLE).url_key == key(CLAIM)
    assert {page.url_key: page.article_id for page in rows(database, PAGE)} == {
        key(OWN): first.article_id,
        key(CLAIM): first.article_id,
    }
    with database.reading() as conn:
        assert [article_by(conn, url) is not None for url in (OWN, CLAIM)] == [True, True]
    assert problems(database) == []


def test_a_claim_that_cannot_be_believed_changes_nothing(database: Database) -> None:
    store(database, at(OWN, "https://news.qingshi.example/"))

    assert row(database, ARTICLE).url_key == key(OWN)
    assert row(database, PAGE).url_key == key(OWN)


@pytest.mark.parametrize(
    "claims", [(None, CLAIM), (CLAIM, None), (CLAIM, "https://x.qingshi.example/2031775.html")]
)
def test_a_page_that_claims_something_else_than_before_is_still_its_article(
    database: Database, claims: tuple[str | None, str | None]
) -> None:
    before, after = claims
    (first,) = store(database, at(OWN, before))
    (second,) = store(database, at(OWN, after))

    assert second == first.__class__(first.article_id, "same")
    assert problems(database) == []


def test_a_claim_to_an_address_that_has_an_article_does_not_empty_the_ledger_of_its_own(
    database: Database,
) -> None:
    (own, other) = store(database, at(OWN, None), at(CLAIM, None, body_text="茶" * 70))
    (again,) = store(database, at(OWN, CLAIM))

    assert again.article_id == own.article_id != other.article_id
    assert problems(database) == []


def test_an_article_that_older_rules_gave_another_key_is_found_by_its_url(database: Database) -> None:
    old = at(OWN, None)
    assert old.fingerprint is not None
    old.fingerprint.url_key, old.fingerprint.url_rules = "old/1", 7
    (first,) = store(database, old)
    (second,) = store(database, at(OWN, None, title="茶园又获丰收"))

    assert (second.article_id, second.state) == (first.article_id, "changed")
    assert [(a.url_key, a.url_rules) for a in rows(database, ARTICLE)] == [("old/1", 7)]


@pytest.mark.parametrize("gone", [OWN, CLAIM])
def test_what_was_taken_down_does_not_come_back_by_a_claim(database: Database, gone: str) -> None:
    apply(database, Forget(gone, key(gone), None, "测试"))

    (result,) = write_now(database, [StoreArticle(at(OWN, CLAIM))])

    assert isinstance(result, Forgotten)
    assert rows(database, ARTICLE) == []


def test_a_page_that_claims_an_address_is_visited_while_that_one_gives_nothing(database: Database) -> None:
    listed = [found(1, url=url, url_key=key(url)) for url in (OWN, CLAIM)]
    own, claimed = apply(database, Discover("qingshi", None, listed))
    made = fetched(at(OWN, CLAIM), own.id, rhythm=(0.0, 9e9))
    store(database, made)
    apply(database, Mark(claimed.id, "dropped", "duplicate"))

    with database.reading() as conn:
        assert [page.url for page in due_pages(conn, "qingshi", every=True)] == [OWN]

    store(database, fetched(at(CLAIM, CLAIM), claimed.id, rhythm=(0.0, 9e9)))
    with database.reading() as conn:
        assert [page.url for page in due_pages(conn, "qingshi", every=True)] == [CLAIM]


def test_the_fingerprint_keeps_the_key_of_the_url_itself_beside_a_claimed_one() -> None:
    mark = fingerprint(at(OWN, CLAIM))
    plain = fingerprint(at(OWN, OWN))

    assert (mark.url_key, mark.own_key) == (key(CLAIM), key(OWN))
    assert (plain.url_key, plain.own_key) == (key(OWN), None)
