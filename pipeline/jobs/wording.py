"""Put an issue's items into words: the article's own sentences, or a language model's where those hold.

Nothing that a model does, or its server, keeps an issue from going out: what is not answered, or may not be said so, is
left out, and counted.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING

from pipeline.app import Newsroom
from pipeline.config import Newsletter, read_secret
from pipeline.errors import ConfigurationError
from pipeline.extract.language import language_of
from pipeline.jobs.logger import json_logger
from pipeline.model import Item, Slot, Translation
from pipeline.select.advice import advice
from pipeline.select.gloss import actors, known_names
from pipeline.store import answers
from pipeline.summarise.faithfulness import check
from pipeline.summarise.llm import (
    HEADLINE,
    LANGUAGES,
    SUMMARY,
    WHY,
    Budget,
    Endpoint,
    Limit,
    Prompts,
    Reply,
    Task,
    calendar_names,
    flaw,
    load_prompts,
    shown,
)
from pipeline.text import primary_language, script_language

if TYPE_CHECKING:
    from pipeline.config.sections import Llm

_Ask = Callable[[Task], Awaitable[Reply]]


def word(newsroom: Newsroom, newsletter: Newsletter, slot: Slot, items: Sequence[Item]) -> tuple[Item, ...]:
    """Return the items in their words; each says at the end of its ``why`` how it came by them.

    Raises ``ConfigurationError`` for a prompt that cannot be read.
    """
    settings = newsroom.settings.llm
    if newsroom.settings.summarise.method != "llm" or settings is None:
        return tuple(replace(item, why=(*item.why, "summary: extractive")) for item in items)
    writer = _Writer(
        newsroom=newsroom,
        settings=settings,
        languages=newsletter.languages,
        prompts=load_prompts(newsroom.home / "prompts"),
    )
    worded = asyncio.run(writer.word(items))
    told = {"newsletter": newsletter.key, "slot": slot.wall, "model": settings.model, "items": len(items)}
    with suppress(OSError):  # a log on a full disk ends nothing
        json_logger().info("words", **told, **writer.tally)
    return worded


@dataclass(kw_only=True)
class _Writer:
    """Has one issue's items worded, looks over what comes back, and counts what was taken and what was not."""

    newsroom: Newsroom
    settings: Llm
    languages: Sequence[str]
    prompts: Prompts
    tally: dict[str, object] = field(default_factory=dict)
    _taken: Counter[str] = field(default_factory=Counter)
    _reasons: Counter[str] = field(default_factory=Counter)
    _new: dict[str, Mapping[str, object]] = field(default_factory=dict)

    async def word(self, items: Sequence[Item]) -> tuple[Item, ...]:
        """Word the items, several at once; what was answered is kept even when this is cut short."""
        from pipeline.summarise.llm_client import Model

        budget = Budget(self._limit())
        try:
            endpoint = self._endpoint()
        except ConfigurationError as error:
            return await self._all(items, _refusing(f"no key: {error}"))
        try:
            async with Model(endpoint, budget) as model:
                return await self._all(items, model.ask)
        finally:
            used = {"tokens_in": budget.tokens_in, "tokens_out": budget.tokens_out, "cost": budget.cost}
            self.tally |= used
            self._keep()

    def _limit(self) -> Limit:
        settings = self.settings
        return Limit(
            tokens=settings.issue_tokens,
            price_in=settings.price_in,
            price_out=settings.price_out,
            cost=settings.max_cost,
        )

    def _endpoint(self) -> Endpoint:
        """Return where to ask. Raises ``ConfigurationError`` when the file of the key cannot be read."""
        settings, home = self.settings, self.newsroom.home
        return Endpoint(
            base_url=settings.base_url,
            model=settings.model,
            api_key=read_secret(settings.api_key, settings.api_key_file, home=home, key="[llm] api_key"),
            timeout=settings.timeout,
            issue_timeout=settings.issue_timeout,
            answer_tokens=settings.answer_tokens,
        )

    async def _all(self, items: Sequence[Item], ask: _Ask) -> tuple[Item, ...]:
        worded = await asyncio.gather(*(self._item(item, ask) for item in items))
        self.tally |= {**self._taken, "left_out": dict(self._reasons.most_common())}
        return tuple(worded)

    def _keep(self) -> None:
        if self._new:
            with self.newsroom.database.write() as connection:
                answers.keep(connection, self._new, now=self.newsroom.clock())

    async def _item(self, item: Item, ask: _Ask) -> Item:
        language = primary_language(item.language)
        if language == "und":
            language = script_language(item.headline)
        if language not in LANGUAGES or not item.articles:
            return self._left_out(item, "summary: extractive", "no language of ours")
        worded = await self._summed_up(item, ask, language=language)
        there = {language, *(put.language for put in item.translations)}
        for other in self.languages:
            if other not in there:
                worded = await self._translated(worded, ask, language=other)
        return worded

    async def _summed_up(self, item: Item, ask: _Ask, *, language: str) -> Item:
        """Return an item with the model's summary, if it holds, and with its line on why it matters, if that does."""
        lead = item.articles[0]
        told = shown(lead.title, lead.text, language=language)
        task = self.prompts.to_sum_up(
            lead.title, told, language=language, with_why=self.settings.why_it_matters
        )
        source = f"{lead.title}\n{told}"
        reply = await self._reply(task, ask)
        reason = reply.reason or self._fault(SUMMARY, reply.words[SUMMARY], source=source, language=language)
        if reason:
            return self._left_out(item, "summary: extractive", reason)
        summed_up = self._took(replace(item, summary=reply.words[SUMMARY]), "summary")
        line = reply.words.get(WHY, "")
        if not line:
            return summed_up
        reason = self._fault(WHY, line, source=source, language=language)
        if reason:
            return self._left_out(summed_up, "why it matters: none", reason)
        return self._took(replace(summed_up, why_it_matters=line), "why it matters")

    async def _translated(self, item: Item, ask: _Ask, *, language: str) -> Item:
        """Return an item with its words in another language too, if those hold."""
        given = {HEADLINE: item.headline, SUMMARY: item.summary, WHY: item.why_it_matters}
        given = {key: words for key, words in given.items() if words}
        source = "\n".join(given.values())
        place = f"in {LANGUAGES[language]}"
        reply = await self._reply(self.prompts.to_translate(given, language=language), ask)
        reasons = {
            key: reply.reason or self._fault(key, reply.words.get(key, ""), source=source, language=language)
            for key in given
        }
        reason = reasons[HEADLINE] or reasons[SUMMARY]
        if reason:
            return self._left_out(item, f"{place}: none", reason)
        translation = Translation(
            language=language,
            headline=reply.words[HEADLINE],
            summary=reply.words[SUMMARY],
            why_it_matters="" if reasons.get(WHY) else reply.words.get(WHY, ""),
        )
        return self._took(replace(item, translations=(*item.translations, translation)), place)

    async def _reply(self, task: Task, ask: _Ask) -> Reply:
        """Return the answer given before to the same question, else ask."""
        digest = task.digest(f"{self.settings.model} {self.settings.answer_tokens}")
        with self.newsroom.database.read() as connection:
            known = answers.find(connection, digest)
        if known is not None:
            self._taken["from_before"] += 1
            return Reply(**known)
        reply = await ask(task)
        if reply.is_answer:
            self._new[digest] = asdict(reply)
        return reply

    def _fault(self, key: str, said: str, *, source: str, language: str) -> str:
        """Return why a text of the model's may not be printed; empty when it may."""
        if fault := flaw(key, said, language=language, source=source):
            return fault
        if language == "en" and key != HEADLINE and language_of(said) != "en":
            return "wrong language"
        if phrase := advice(said):
            return f"advice: {phrase}"
        names = self._names(said, source)
        checked = check(source, said, names=names, actors=actors(names, self.newsroom.lexicon))
        return "" if checked.supported else f"unfaithful: {', '.join(checked.unsupported)}"

    def _names(self, said: str, source: str) -> dict[str, frozenset[str]]:
        """Return the known names of both texts with their spellings; of a translation, its terms, days and months too."""
        lexicon = self.newsroom.lexicon
        names = known_names(f"{source}\n{said}", lexicon)
        if script_language(said) == script_language(source):
            return names
        terms = {
            m.phrase: frozenset(m.entry.names) for m in lexicon.mentions(said) if m.entry.table == "topic"
        }
        return {**calendar_names(said), **terms, **names}

    def _took(self, item: Item, what: str) -> Item:
        self._taken[what] += 1
        return replace(item, why=(*item.why, f"{what}: model {self.settings.model}"))

    def _left_out(self, item: Item, instead: str, reason: str) -> Item:
        self._reasons[reason.partition(":")[0]] += 1
        return replace(item, why=(*item.why, f"{instead} (the model’s was left out: {reason})"))


def _refusing(reason: str) -> _Ask:
    async def refuse(_: Task) -> Reply:
        return Reply(reason=reason)

    return refuse
