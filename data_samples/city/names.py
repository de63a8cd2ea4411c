"""Names for what is made up: none is meant to be a real person, company or place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

Pair = tuple[str, str]

_FLOWERS: tuple[Pair, ...] = (
    ("海棠", "Haitang"), ("银杏", "Yinxing"), ("玉兰", "Yulan"), ("桂香", "Guixiang"),
    ("梧桐", "Wutong"), ("紫荆", "Zijing"), ("松涛", "Songtao"), ("竹影", "Zhuying"),
    ("云帆", "Yunfan"), ("锦帆", "Jinfan"), ("听潮", "Tingchao"), ("观澜", "Guanlan"),
    ("映月", "Yingyue"), ("朝晖", "Zhaohui"), ("晴川", "Qingchuan"), ("芳甸", "Fangdian"),
    ("鹭洲", "Luzhou"), ("汀兰", "Tinglan"), ("白沙", "Baisha"), ("金滩", "Jintan"),
    ("碧波", "Bibo"), ("长汀", "Changting"), ("启航", "Qihang"), ("扬帆", "Yangfan"),
    ("春申", "Chunshen"), ("秋浦", "Qiupu"), ("望潮", "Wangchao"), ("拾贝", "Shibei"),
    ("渔歌", "Yuge"), ("盐田", "Yantian"), ("石桥", "Shiqiao"), ("柳荫", "Liuyin"),
    ("荷塘", "Hetang"), ("枫林", "Fenglin"), ("翠屏", "Cuiping"), ("丹霞", "Danxia"),
    ("和安", "Hean"), ("永宁", "Yongning"), ("崇德", "Chongde"), ("明理", "Mingli"),
    ("思源", "Siyuan"), ("求是", "Qiushi"), ("同心", "Tongxin"), ("瑞福", "Ruifu"),
    ("景明", "Jingming"), ("嘉禾", "Jiahe"), ("丰泽", "Fengze"), ("安澜", "Anlan"),
    ("星海", "Xinghai"), ("月湾", "Yuewan"), ("千帆", "Qianfan"), ("临风", "Linfeng"),
    ("沧浪", "Canglang"), ("枕河", "Zhenhe"), ("书香", "Shuxiang"), ("半岛", "Bandao"),
)  # fmt: skip
_BRANDS: tuple[Pair, ...] = (
    ("海晟", "Haisheng"), ("东溟", "Dongming"), ("瀚源", "Hanyuan"), ("恒澜", "Henglan"),
    ("蓝岬", "Lanjia"), ("沧渤", "Cangbo"), ("鼎屿", "Dingyu"), ("远岑", "Yuancen"),
    ("润汐", "Runxi"), ("合澍", "Heshu"), ("锦濑", "Jinlai"), ("启泓", "Qihong"),
    ("云崧", "Yunsong"), ("晟屿", "Shengyu"), ("天沚", "Tianzhi"), ("华溟", "Huaming"),
    ("瑞澹", "Ruidan"), ("中汐", "Zhongxi"), ("宏濑", "Honglai"), ("新屿", "Xinyu"),
    ("凌沧", "Lingcang"), ("百川", "Baichuan"), ("金岬", "Jinjia"), ("联泓", "Lianhong"),
    ("普澜", "Pulan"), ("盛岑", "Shengcen"), ("众澍", "Zhongshu"), ("泰溟", "Taiming"),
    ("海澍", "Haishu"), ("东屿", "Dongyu"), ("瀚岬", "Hanjia"), ("恒泓", "Henghong"),
    ("蓝汐", "Lanxi"), ("沧濑", "Canglai"), ("鼎澜", "Dinglan"), ("远溟", "Yuanming"),
    ("润岑", "Runcen"), ("合崧", "Hesong"), ("锦沚", "Jinzhi"), ("启澹", "Qidan"),
    ("云溟", "Yunming"), ("晟澜", "Shenglan"), ("天濑", "Tianlai"), ("华汐", "Huaxi"),
    ("瑞屿", "Ruiyu"), ("中泓", "Zhonghong"), ("宏岬", "Hongjia"), ("新澍", "Xinshu"),
    ("凌岑", "Lingcen"), ("百汐", "Baixi"), ("金睿", "Jinrui"), ("联屿", "Lianyu"),
    ("普溟", "Puming"), ("盛沚", "Shengzhi"), ("众崧", "Zhongsong"), ("泰澜", "Tailan"),
)  # fmt: skip
_ESTATES: tuple[Pair, ...] = (
    ("花园", "Gardens"), ("苑", "Court"), ("新村", "New Village"), ("小区", "Estate"),
    ("公寓", "Apartments"), ("里", "Lane Quarter"), ("名邸", "Residence"), ("家园", "Homes"),
)  # fmt: skip
_STREETS: tuple[Pair, ...] = (
    ("路", "Road"), ("街", "Street"), ("东路", "East Road"), ("西路", "West Road"),
    ("一路", "1st Road"), ("二路", "2nd Road"), ("三路", "3rd Road"), ("巷", "Lane"),
    ("南街", "South Street"), ("北街", "North Street"),
)  # fmt: skip
_VILLAGES: tuple[Pair, ...] = (
    ("村", "Village"), ("圩", "Weir Village"), ("埠", "Wharf Village"), ("墩", "Mound Village"),
)  # fmt: skip
_NUMERALS = "零一二三四五六七八九"
_SURNAMES = "张王李赵陈杨吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾"
_GIVEN = "海岚屿川澜舟帆汐宁远明松柏青云晨曦安和启航远志文博思齐若水清源"


class Names:
    """Hand out names without saying one twice."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self.estate = self._mixed(_FLOWERS, _ESTATES)
        self.street = self._mixed(_FLOWERS, _STREETS)
        self.village = self._mixed(_FLOWERS, _VILLAGES)
        self._brand = iter([_BRANDS[index] for index in rng.permutation(len(_BRANDS))])
        self._said: Counter[tuple[str, Pair]] = Counter()
        self._flower = self._endless(_FLOWERS)

    def _mixed(self, heads: tuple[Pair, ...], tails: tuple[Pair, ...]) -> Iterator[Pair]:
        both = [(a + c, f"{b} {d}") for a, b in heads for c, d in tails]
        return iter([both[index] for index in self._rng.permutation(len(both))])

    def _endless(self, pairs: tuple[Pair, ...]) -> Iterator[Pair]:
        while True:
            for index in self._rng.permutation(len(pairs)):
                yield pairs[index]

    def brand(self) -> Pair:
        """Return a company's first name."""
        return next(self._brand)

    def flower(self, tail: Pair) -> Pair:
        """Return a name of a pleasant word and a tail, as schools and clinics carry it.

        A name that has been said counts up, as schools do: 石桥小学, then 石桥第二小学.
        """
        word, word_en = next(self._flower)
        self._said[word, tail] += 1
        number = self._said[word, tail]
        if number == 1:
            return word + tail[0], f"{word_en} {tail[1]}"
        return f"{word}第{_NUMERALS[number]}{tail[0]}", f"{word_en} No. {number} {tail[1]}"

    def person(self) -> str:
        """Return a person's name."""
        given = self._rng.choice(list(_GIVEN), size=int(self._rng.integers(1, 3)))
        return str(self._rng.choice(list(_SURNAMES))) + "".join(given)
