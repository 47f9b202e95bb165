"""News that come in one frame with other facts each time: weather, lottery, prices, river levels."""

from __future__ import annotations

from datetime import datetime

from benchmarks.million.names import PLACES
from benchmarks.million.sampling import Numbers

_SKIES = ["晴", "多云", "阴", "小雨", "中雨", "阵雨", "雷阵雨", "小雪", "晴转多云", "多云转阴", "阴转小雨"]
_WINDS = ["东风", "东南风", "南风", "西南风", "西风", "西北风", "北风", "东北风"]
_GOODS = ["猪肉", "牛肉", "鸡蛋", "大白菜", "西红柿", "黄瓜", "土豆", "苹果", "大米", "面粉", "豆油", "带鱼"]
_RIVERS = ["清水河", "白沙江", "龙门溪", "双桥河", "石鼓江", "柳叶河", "青龙江", "望月溪", "大通河", "金鸡江"]
FACTS = 16  # numbers each article of a series is made of


def _weather(day: str, facts: list[int]) -> tuple[str, list[str]]:
    place = PLACES[facts[0] % len(PLACES)]
    sky, night = _SKIES[facts[1] % len(_SKIES)], _SKIES[facts[2] % len(_SKIES)]
    wind, high, low = _WINDS[facts[3] % len(_WINDS)], facts[4] % 30 + 6, facts[5] % 12
    return f"{place}市气象台{day}发布天气预报：{sky}，最高{high}℃", [
        f"{place}市气象台{day}6时发布：今天白天{sky}，{wind}{facts[6] % 4 + 1}到{facts[6] % 4 + 2}级，"
        f"最高气温{high}℃。"
        f"今天夜间{night}，{wind}{facts[7] % 3 + 1}级左右，最低气温{high - low - 3}℃。",
        f"预计明天{night}，最高气温{facts[8] % 30 + 6}℃，相对湿度{facts[9] % 60 + 30}%；后天{sky}，"
        f"最高气温{facts[10] % 30 + 6}℃。空气质量指数{facts[11] % 150 + 20}。",
        "气象部门提醒，早晚温差较大，请市民根据天气变化适时增减衣物，出行注意安全。",
    ]


def _lottery(day: str, facts: list[int]) -> tuple[str, list[str]]:
    issue, prize = facts[0] % 154 + 1, facts[10] % 20
    balls = " ".join(f"{ball % 33 + 1:02}" for ball in facts[1:7])
    return f"双色球第{issue:03}期开奖：红球{balls.replace(' ', '、')}", [
        f"{day}晚，双色球第{issue:03}期开奖。当期红球号码为{balls}，蓝球号码为{facts[7] % 16 + 1:02}。",
        f"当期头奖开出{prize}注，单注奖金{facts[8] % 500 + 500}万元；二等奖开出{facts[9] % 200 + 40}注，"
        f"单注奖金{facts[11] % 30 + 5}万元。当期全国销量为{facts[12] % 9000 + 28_000}万元，"
        f"奖池滚存至{facts[13] % 20 + 4}.{facts[14] % 10}亿元。",
        "开奖结果以官方公布为准，请彩民在有效期内兑奖，理性购彩，量力而行。",
    ]


def _prices(day: str, facts: list[int]) -> tuple[str, list[str]]:
    place = PLACES[facts[0] % len(PLACES)]
    lines = []
    for n, good in enumerate(_GOODS, 1):
        fact, change = facts[n % FACTS], facts[(n + 3) % FACTS]
        lines.append(
            f"{good}每公斤{fact % 40 + 2}.{fact % 10}元，较前一日{'上涨' if fact % 2 else '下跌'}"
            f"{change % 9}.{change % 10}%"
        )
    return f"{place}{day}主要农副产品批发价格行情", [
        f"据{place}价格监测中心数据，{day}当地批发市场主要农副产品价格如下：",
        "；".join(lines) + "。",
        "监测人员表示，近期市场供应充足，价格总体平稳，节前需求增加，个别品种小幅波动。",
    ]


def _river(day: str, facts: list[int]) -> tuple[str, list[str]]:
    river, place = _RIVERS[facts[0] % len(_RIVERS)], PLACES[facts[1] % len(PLACES)]
    level = f"{facts[2] % 40 + 12}.{facts[3] % 100:02}"
    return f"{river}{place}站{day}8时水位{level}米", [
        f"{place}水文部门{day}通报：8时{river}{place}站水位{level}米，流量每秒{facts[4] % 9000 + 300}立方米，"
        f"较前一日同一时间{'上涨' if facts[5] % 2 else '回落'}{facts[6] % 3}.{facts[7] % 100:02}米。",
        f"上游水库入库流量每秒{facts[8] % 4000 + 100}立方米，出库流量每秒{facts[9] % 4000 + 100}立方米，"
        f"库容{facts[10] % 90 + 10}.{facts[11] % 10}%。",
        "有关部门已安排专人二十四小时值守，沿岸单位和居民请关注水情变化，远离河道。",
    ]


_FRAMES = (_weather, _lottery, _prices, _river)


def series(kind: int, at: datetime, facts: Numbers) -> tuple[str, list[str]]:
    """(title, paragraphs) of one article of a series."""
    return _FRAMES[kind % len(_FRAMES)](f"{at.month}月{at.day}日", facts.tolist())
