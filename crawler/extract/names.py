"""Names of people as pages write them: with labels, brackets, staff codes and odd spaces. Pure."""

from __future__ import annotations

import re

from crawler.text import fold, squash

# the common ones and the compound ones: enough to tell （张三 李四） from （完）
SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范"
    "金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜倪庄"
    "聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈"
    "饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫"
    "寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢扬劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强"
    "帅屠豆朴盖练廉禹井祖漆巴丰支卿国狄平计索宣晋相初门云容敬来扈晁芮都普阙浦戈伏鹿薄邸雍辜羊阿乌母裘亓修邰赫杭况那宿鲜印逯"
    "隆茹诺战慕危玉银亢嵇公哈湛宾戎勾茅利於呼居揭干但尉冶斯元束檀衣信展阴昝智幸奉植衡富尧闭由張劉陳楊黃趙吳孫馬許韓馮鄧蕭"
    "羅鄭謝簡賴闕區溫羅盧鐘鄺貝軒萧傅阎赖洪蕭賴閆闞阚戢逄衷濮郏郗璩桑桓梅牧睢矫种端筱糜綦缑胥莘荀蔚蒯薄衡訾诺谯贡贲赏逯郄郜酆释钮钭雍靖鞏顓"
    "蔣葉蘇魏呂盧鍾譚陸賈韋鄒閻龍陶賀顧龔邵萬錢嚴湯龐顏聶魯歐關蘭莊單塗畢紀寧駱藍遊"
)
_COMPOUND = (
    "欧阳",
    "司马",
    "上官",
    "诸葛",
    "东方",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "司徒",
    "夏侯",
    "令狐",
    "端木",
    "歐陽",
    "司馬",
    "諸葛",
)
_CJK_NAME = re.compile(r"[㐀-鿿𠀀-𱍊]{2,4}\Z")
_FOREIGN_NAME = re.compile(r"[㐀-鿿]{1,8}(?:[·•・.][㐀-鿿A-Za-z]{1,10})+\Z")

# such as _NF4425 behind a name, SF099, or (N123)
_STAFF_CODE = re.compile(r"[\s_\-]*[(（\[]?\b[A-Z]{1,4}[\-_]?\d{2,8}\b[)）\]]?|_[A-Za-z]*\d+")
# 本报记者 贺兰 见习记者 温故: what somebody is, not who
_ROLE = re.compile(
    r"(?:(?:本报|本网|本刊|本台|见习|實習|实习|特约|特約|首席|特派|全媒体|融媒体)*(?:记者|記者|通讯员|通訊員|评论员))"
    r"(?![站部组團团协協])[:：]?"
)
_BRACKETS = "()（）[]【】〔〕<>《》「」|｜"
_PARTING = re.compile(r"[、,，;；/／|｜]+|\s+(?:and|&)\s+")
_SPLIT_NAME = re.compile(r"(?<![㐀-鿿])([㐀-鿿])[\s\u3000]+([㐀-鿿])(?![㐀-鿿])")


# the hundred that nine of ten people bear: a word that begins with one of the others is rather no name
_COMMON = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范"
    "金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤張劉陳楊黃趙吳孫馬許韓馮鄧蕭蔣葉蘇魏"
)


def is_common_name(text: str) -> bool:
    """True for what is almost surely a person's name: two or three characters after a common surname."""
    return bool(_CJK_NAME.match(text)) and 2 <= len(text) <= 3 and text[0] in _COMMON


def is_person(text: str) -> bool:
    """True for what looks like a Chinese person's name (surname known) or a transcribed foreign one.

    >>> is_person("江平"), is_person("欧阳娜"), is_person("完"), is_person("让·雅克")
    (True, True, False, True)
    """
    if _FOREIGN_NAME.match(text):
        return True
    if not _CJK_NAME.match(text):
        return False
    return text.startswith(_COMPOUND) or (text[0] in SURNAMES and len(text) <= 3)


def split_names(text: str) -> list[str]:
    """Bare names from a byline value: codes, brackets and labels' rests cut, split at 、 commas and spaces.

    >>> split_names("沈砚_NT1024")
    ['沈砚']
    >>> split_names("何岚、周远山)"), split_names("叶知秋 江 平"), split_names("A、B")
    (['何岚', '周远山'], ['叶知秋', '江平'], ['A', 'B'])
    >>> split_names("本报记者 贺兰 见习记者 温故")
    ['贺兰', '温故']
    """
    text = _ROLE.sub("、", _STAFF_CODE.sub(" ", squash(text)))
    text = squash(text.strip(_BRACKETS + " :：。."))
    text = _SPLIT_NAME.sub(r"\1\2", text)  # 江 平: a two-character name set wide
    names: list[str] = []
    for part in _PARTING.split(text):
        words = part.split()
        # spaces part Chinese names, but not the words of a Latin name or of an organisation
        pieces = words if all(_CJK_NAME.match(word) for word in words) else [" ".join(words)]
        for name in pieces:
            name = name.strip(_BRACKETS + " :：。.")
            if name and name not in names and not fold(name).isdigit():
                names.append(name)
    return names
