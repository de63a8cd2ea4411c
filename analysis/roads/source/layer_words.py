"""What the columns and words of a province's own road layer mean.

Technical classes (公路技术等级) and their design speeds: JTG B01-2014, 3.1.1 and table 3.2.1; city
roads: CJJ 37-2012, table 3.2.1; codes of fundamental geographic features: GB/T 13923-2022, section
of traffic [mem 80%: clause numbers, speeds and codes were written down from memory]. The lower half
of each range of design speeds is taken, for a promise that is kept. Administrative classes
(国道, 省道 ...) say nothing of the design: their speeds are those of the class they are read as
(`analysis.roads.source.tags`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from analysis.roads.source.limits import height_m, weight_t
from analysis.roads.source.osm_access import STEPS_SPEED_KPH, WALK_SPEED_KPH
from analysis.roads.source.tags import ADMITTED_SPEED_KPH, CLASS_SPEED_KPH

FERRY_SPEED_KPH = 5.0
UNKNOWN_CLASS = "road"


class Meant(NamedTuple):
    """What a word for a class means: our class, and its speed."""

    class_: str
    speed_kph: float


_TECHNICAL = {
    "高速": Meant("motorway", 80.0), "一级": Meant("trunk", 60.0), "二级": Meant("primary", 60.0),
    "三级": Meant("secondary", 30.0), "四级": Meant("tertiary", 20.0),
    "等外": Meant("unclassified", 15.0), "快速路": Meant("trunk", 60.0),
    "主干": Meant("primary", 40.0), "次干": Meant("secondary", 30.0),
    "支路": Meant("tertiary", 20.0), "支线": Meant("tertiary", 20.0),
}  # fmt: skip
_ADMINISTRATIVE = {
    "国道": "trunk", "省道": "primary", "县道": "secondary", "乡道": "tertiary",
    "村道": "unclassified", "专用": "unclassified", "匝道": "trunk_link", "引道": "secondary_link",
    "内部道路": "service", "街坊": "residential", "小区": "residential", "巷": "residential",
    "街道": "residential", "机耕": "track", "乡村": "unclassified", "小路": "path",
    "人行": "footway", "步行": "pedestrian", "台阶": "steps", "轮渡": "ferry", "渡口": "ferry",
    "汽渡": "ferry",
}  # fmt: skip
_CODES = {  # the first four digits
    "4201": "trunk", "4202": "primary", "4203": "secondary", "4204": "tertiary",
    "4205": "unclassified", "4206": "trunk_link", "4302": "trunk", "4303": "trunk",
    "4305": "residential", "4306": "service", "4401": "track", "4402": "unclassified",
    "4403": "path",
}  # fmt: skip
_STREETS = {"430501": "primary", "430502": "secondary", "430503": "tertiary"}
BEING_BUILT = "02"
_SUFFIX = re.compile(r"(公路|道路|路|级)$")
WALKED_ONLY = frozenset({"path", "footway", "pedestrian", "steps"})

ALIASES: Mapping[str, tuple[str, ...]] = {
    "class": ("class", "highway", "fclass", "road_class", "roadclass", "rclass", "技术等级",
              "公路等级", "道路等级", "公路技术等级", "行政等级", "道路类型", "等级", "jsdj",
              "dldj", "lxdj", "gb", "type", "kind", "类型"),
    "name": ("name", "道路名称", "路线名称", "路名", "名称", "dlmc", "lxmc", "mc"),
    "name_en": ("name_en", "name:en", "英文名"),
    "ref": ("ref", "路线编号", "道路编号", "路线代码", "lxbh", "lxdm", "rn"),
    "oneway": ("oneway", "one_way", "direction", "dir", "单行", "单行线", "单向", "是否单行",
               "通行方向", "方向"),
    "speed": ("maxspeed", "speed", "speed_kph", "limit_kph", "限速", "限速值", "设计速度",
              "设计时速"),
    "bridge": ("bridge", "桥梁", "是否桥梁", "桥"),
    "tunnel": ("tunnel", "隧道", "是否隧道"),
    "level": ("layer", "level", "z_level", "zlevel", "层级"),
    "max_height": ("maxheight", "max_height", "max_height_m", "限高"),
    "max_weight": ("maxweight", "max_weight", "max_weight_t", "限重", "限载"),
    "access": ("access", "通行权"),
    "hgv": ("hgv", "货车"),
    "hazmat": ("hazmat", "危险品"),
    "id": ("objectid", "fid", "osm_id", "way_id", "编号"),
}  # fmt: skip
FIELDS = tuple(ALIASES)
_YES = frozenset({"1", "yes", "y", "t", "true", "是", "有"})
_NO = frozenset({"0", "no", "n", "f", "false", "否", "无", ""})
_BOTH = frozenset({"0", "no", "n", "b", "both", "f/t", "双向", "否", "双行", "false", ""})
_AHEAD = frozenset({"1", "yes", "y", "f", "ft", "forward", "顺行", "顺向", "单向", "是", "true"})
_BACK = frozenset({"-1", "t", "tf", "backward", "reverse", "逆行", "逆向"})
_SHUT = frozenset({"禁止", "禁止通行", "closed", "none"})
_NO_LIMIT = frozenset({"", "0", "0.0", "no", "none", "default", "无", "不限"})
_OPEN_WORDS = frozenset({"", "yes", "open", "public", "公共", "开放"})
_PRIVATE_WORDS = frozenset({"private", "no_public", "专用", "内部", "厂区", "企业"})
_EMERGENCY_WORDS = frozenset({"emergency", "消防", "应急", "消防通道"})


def known_class(word: str) -> Meant | None:
    """Return what a word or code for a road's class means, or None where it is not known.

    Words of OpenStreetMap stand for themselves. Of Chinese words the longest known part counts, so
    that both 一级公路 and 一级 are read; a word with two classes in it is not guessed at.
    """
    text = word.strip().lower()
    own = own_class(text)
    if own:
        return own
    if text.isascii() and text.isdigit():
        return _coded(text)
    if "匝道" in text:
        return own_class("motorway_link" if "高速" in text else "trunk_link")
    if "主次" in text:
        return None
    core = _SUFFIX.sub("", text)
    found = {meant for part, meant in _TECHNICAL.items() if part in text}
    if len(found) == 1:
        return found.pop()
    if found:
        return None
    kinds = {class_ for part, class_ in _ADMINISTRATIVE.items() if part in text or part == core}
    return own_class(kinds.pop()) if len(kinds) == 1 else None


def _coded(code: str) -> Meant | None:
    if len(code) < 5 or (code[:3] == "420" and code[4:6] == BEING_BUILT):
        return None
    class_ = _STREETS.get(code[:6]) or _CODES.get(code[:4])
    return own_class(class_) if class_ else None


def own_class(class_: str) -> Meant | None:
    """Return a class of ours with its speed, or None where it is none."""
    if class_ == "ferry":
        return Meant(class_, FERRY_SPEED_KPH)
    if class_ == "steps":
        return Meant(class_, STEPS_SPEED_KPH)
    if class_ in WALKED_ONLY:
        return Meant(class_, WALK_SPEED_KPH)
    speed = CLASS_SPEED_KPH.get(class_) or ADMITTED_SPEED_KPH.get(class_)
    return Meant(class_, speed) if speed else None


def directions(word: str) -> tuple[bool, bool] | None:
    """Return whether a road may be driven along and against its drawing, or None."""
    text = word.strip().lower()
    for words, both in ((_BOTH, (True, True)), (_AHEAD, (True, False)), (_BACK, (False, True)),
                        (_SHUT, (False, False))):  # fmt: skip
        if text in words:
            return both
    return None


def yes(word: str) -> bool | None:
    """Return a yes or a no, or None."""
    text = word.strip().lower()
    return True if text in _YES else False if text in _NO else None


def access(word: str) -> str | None:
    """Return "open", "private" or "emergency", or None."""
    text = word.strip().lower()
    kinds = ((_OPEN_WORDS, "open"), (_PRIVATE_WORDS, "private"), (_EMERGENCY_WORDS, "emergency"))
    return next((kind for words, kind in kinds if text in words), None)


def speed_kph(word: str) -> float | None:
    """Return a speed between 1 and 300 km/h, or None."""
    try:
        value = float(word)
    except ValueError:
        return None
    return value if 1.0 <= value <= 300.0 else None


def _limit(word: str, read: Callable[[str], float | None]) -> float | None:
    """Return a limit, NaN where the word says that there is none, or None."""
    return math.nan if word.strip().lower() in _NO_LIMIT else read(word)


def level(word: str) -> int | None:
    """Return a level between -10 and 10, or None."""
    try:
        value = float(word)
    except ValueError:
        return None
    return int(value) if value == int(value) and -10 <= value <= 10 else None


# How a cell of a field is read; what it says where it is empty, and what was wanted.
READ: Mapping[str, tuple[Callable[[str], Any], Any, str]] = {
    "class": (known_class, None, "a known class (--code class:WORD=primary)"),
    "oneway": (directions, (True, True), "a direction (--code oneway:WORD=both)"),
    "speed": (speed_kph, None, "km/h from 1 to 300"),
    "bridge": (yes, False, "yes or no"),
    "tunnel": (yes, False, "yes or no"),
    "level": (level, 0, "a whole number from -10 to 10"),
    "max_height": (lambda word: _limit(word, height_m), None, "metres from 1 to 20"),
    "max_weight": (lambda word: _limit(word, weight_t), None, "tonnes from 0.1 to 1000"),
    "access": (access, "open", "open, private or emergency"),
    "hgv": (yes, True, "yes or no"),
    "hazmat": (yes, True, "yes or no"),
}
# What a person may say that a word means.
SAID: Mapping[str, Mapping[str, Any]] = {
    "oneway": {"both": (True, True), "forward": (True, False), "backward": (False, True),
               "closed": (False, False)},
    "access": {word: word for word in ("open", "private", "emergency")},
    **{field: {"yes": True, "no": False} for field in ("bridge", "tunnel", "hgv", "hazmat")},
}  # fmt: skip
