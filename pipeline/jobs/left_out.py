"""What is left out of an issue: every article that is in no item, with the reason, what came closest first."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from pipeline.model import Article, LeftOut
from pipeline.store.articles import FailedPage

CANDIDATE, BARRED, KNOWN, UNREAD = 3.0, 2.0, -1.0, -2.0
"""What came so far is worth so much, and as much more as it scored: it stood for the issue; or would have but for what it
says; or was sent before, or is not of this slot; or could not be read. What is off the beat is worth its score alone."""


class Leavings:
    """What was left out, each with what it would have been worth; ``listed_before`` are addresses of an earlier slot's."""

    def __init__(self, failed: Sequence[FailedPage], *, listed_before: Collection[str] = ()) -> None:
        self._listed_before = listed_before
        self._found = [
            (
                UNREAD,
                LeftOut(
                    title=f.title, url=f.url, why=f"could not be read: {f.reason}", article_id=f.article_id
                ),
            )
            for f in failed
        ]

    def is_listed(self, article: Article) -> bool:
        """Say whether an article is of an earlier slot, whose issue has or lists it."""
        return article.url in self._listed_before

    def take(self, article: Article, why: str, *, worth: float = KNOWN) -> bool:
        """Note an article as left out when there is a reason to, and say so; an earlier slot's is not listed again."""
        if why and not self.is_listed(article):
            out = LeftOut(title=article.title, url=article.url, why=why, article_id=article.id)
            self._found.append((worth, out))
        return bool(why)

    def best_first(self) -> tuple[LeftOut, ...]:
        """Return them, those that came closest first."""
        return tuple(out for _, out in sorted(self._found, key=lambda pair: -pair[0]))
