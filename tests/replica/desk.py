"""Where one article is written: sentences, captions with credits, and the people who sign."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from tests.replica.chance import mix
from tests.replica.grammar import ABROAD, ALL_TOPICS, COMMON, PLACES, Frame, Scene, Topic, expand
from tests.replica.story import Shot, Signers
from tests.replica.world import World

_SEASONS = "冬冬春春春夏夏夏秋秋秋冬"
_DATELINE = "{city}{day}电 "
# a credit's bare names, its phrase on the page, and the phrase without surrounding brackets
_CREDITS = (
    ("{maker}", "{maker}/摄", "{maker}/摄"),
    ("{maker}", "{maker}/摄", "{maker}/摄"),
    ("{maker}", "{maker} 摄", "{maker} 摄"),
    ("{maker}", "（{maker}摄）", "{maker}摄"),
    ("{office}", "{office}供图", "{office}供图"),
    ("{maker}", "图片来源：{maker}", "图片来源：{maker}"),
    ("{maker}", "图/{maker}", "图/{maker}"),
    ("{maker}", "新华社记者 {maker} 摄", "新华社记者 {maker} 摄"),
    ("{maker}", "新华社发（{maker}摄）", "新华社发（{maker}摄）"),
    ("{maker}、{second}", "{maker}、{second}/摄", "{maker}、{second}/摄"),
    ("{maker}", "{maker}供图", "{maker}供图"),
)


@dataclass(slots=True)
class Desk:
    """The scene of one article, and a random stream to write from."""

    scene: Scene
    topic: Topic
    rng: Random
    seed: int
    maker: str | None = None
    """Who took most of the pictures."""

    @classmethod
    def of_article(cls, world: World, number: int, rng: Random) -> Desk:
        """The desk for an article's scene; whoever writes about it finds the same city and people."""
        section = world.section(number)
        topics = [topic for topic in ALL_TOPICS if not section.topics or topic.name in section.topics]
        topic = topics[mix(world.seed, number, 21) % len(topics)]
        day = world.published(number)
        cities = PLACES[section.cities]
        kept = {
            "CITY": cities[mix(world.seed, number, 22) % len(cities)],
            "MD": f"{day.month}月{day.day}日",
            "DAY": f"{day.day}日",
            "SEASON": _SEASONS[day.month - 1],
            "LASTMONTH": f"{(day.month - 2) % 12 + 1}月",
            "LASTYEAR": str(day.year - 1),
        }
        abroad = (ABROAD,) if section.cities == "abroad" else ()
        words = (*abroad, topic.words, COMMON.words)
        return cls(Scene(words, mix(world.seed, number, 23), kept), topic, rng, world.seed)

    def say(self, frame: Frame) -> str:
        return expand(frame, self.scene, self.rng)

    def one_of(self, section: str) -> str:
        """A sentence of the topic's section."""
        return self.say(self.rng.choice(self.topic.sections[section]))

    def common(self, section: str) -> str:
        """A sentence that fits any topic."""
        return self.say(self.rng.choice(COMMON.sections[section]))

    def word(self, name: str) -> str:
        """A word of the common lists, whatever the scene says."""
        return self.say(self.rng.choice(COMMON.words[name]))

    def person(self) -> str:
        """Somebody of the place where the news is."""
        return self.say(self.rng.choice(self.scene.find("person")))

    def staff(self) -> str:
        """Somebody of the portal or of an agency."""
        return self.word("surname") + self.word("given")

    def lead(self, authors: tuple[str, ...]) -> str:
        """The first paragraph: alone, behind a dateline that may name the authors, or behind an opening."""
        lead = self.one_of("leads")
        drawn = self.rng.random()
        if drawn < 0.55:
            return lead
        if drawn < 0.75:
            if authors and self.rng.random() < 0.67:
                names = (
                    " ".join(authors) if len(authors) < 2 else f"{authors[0]} 通讯员 {' '.join(authors[1:])}"
                )
                return f"{self.rng.choice(('国际在线报道', '本网讯'))}（记者 {names}）{lead}"
            return _DATELINE.format(city=self.scene.kept["CITY"], day=self.scene.kept["MD"]) + lead
        return self.common("lead_open") + lead

    def paragraphs(self, count: int) -> list[str]:
        """So many paragraphs, each of one or two frames, no frame twice."""
        rng = self.rng
        own, shared = list(self.topic.sections["body"]), list(COMMON.sections["body"])
        rng.shuffle(own)
        rng.shuffle(shared)
        paragraphs = []
        for _ in range(count):
            text = ""
            for _ in range(1 if rng.random() < 0.65 else 2):
                stock = own if own and (not shared or rng.random() < 0.72) else shared
                text += self.say(stock.pop()) if stock else ""
            if text:
                paragraphs.append(text)
        return paragraphs

    def headings(self) -> list[str]:
        """Section headings, no frame twice."""
        frames = [*self.topic.sections["headings"], *COMMON.sections["headings"]]
        self.rng.shuffle(frames)
        return [self.say(frame) for frame in frames]

    def caption(self) -> str:
        return self.one_of("captions") if self.rng.random() < 0.75 else self.common("captions")

    def shot(self, key: int, *, gallery: bool = False) -> Shot:
        """A picture with or without caption and credit; in a gallery always with a caption."""
        drawn = self.rng.random()
        caption = None if not gallery and drawn < 0.18 else self.caption()
        # most captions have a credit; of the others half are a credit alone
        if not (drawn < 0.09 or 0.18 <= drawn < 0.8):
            return Shot(key, key, caption, None, None, caption)
        credit, phrase, raw = self._credit()
        return Shot(key, key, caption, credit, raw, self._line(caption, phrase))

    def _credit(self) -> tuple[str, str, str]:
        """Bare names, the phrase as the page has it, and the phrase without surrounding brackets."""
        if self.maker is None or self.rng.random() < 0.25:
            self.maker = self.staff()
        names = {
            "maker": self.maker,
            "second": self.staff(),
            "office": self.scene.kept["CITY"] + self.rng.choice(PLACES["organisation"]),
        }
        credit, phrase, raw = (form.format(**names) for form in self.rng.choice(_CREDITS))
        return credit, phrase, raw

    def _line(self, caption: str | None, phrase: str) -> str:
        """Caption and credit in one line; a bracket stands close to the text, all else behind a space."""
        if caption is None:
            return phrase
        close = phrase.startswith("（") or (phrase.startswith("新华社发") and caption.endswith("。"))
        return f"{caption}{'' if close else self.rng.choice((' ', ' ', '　', '  '))}{phrase}"

    def signers(self) -> Signers:
        """Source, editors and authors, each of them missing now and then."""
        rng = self.rng
        drawn = rng.random()
        source = url = None
        if drawn < 0.38:
            source, url = "国际在线", "http://www.cri.cn/"
        elif drawn < 0.94:
            source = self.word("agency" if drawn < 0.62 else "paper")
            code = mix(self.seed, len(source) * 131 + ord(source[0]), 31) % 900 + 100
            url = f"http://www.laiyuan-{code}.example/"
        if rng.random() < 0.25:
            url = None
        return Signers(source, url, self._staff(0.1, 1), self._staff(0.6, 2), self._staff(0.75, 3))

    def _staff(self, none: float, most: int) -> tuple[str, ...]:
        """Nobody with that chance, else up to `most` people, none twice."""
        if self.rng.random() < none:
            return ()
        count = max(1, self.rng.randint(-1, most)) if most == 2 else self.rng.randint(1, most)
        return tuple(dict.fromkeys(self.staff() for _ in range(count)))
