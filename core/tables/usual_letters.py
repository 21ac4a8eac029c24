"""Which letters are usual in which encoding, by which that of a text that is not UTF-8 is found."""

from __future__ import annotations

import re
from collections.abc import Callable


def shares_of_usual(sample: bytes) -> dict[str, float]:
    """Of each encoding, the share of what is not ASCII that is usual in it, by bytes; −1 where it cannot be decoded."""
    return {encoding: _score(sample, encoding, usual) for encoding, usual in _USUAL.items()}


def _score(sample: bytes, encoding: str, usual: Callable[[str, str], float]) -> float:
    try:
        text = sample.decode(encoding)
    except UnicodeDecodeError as error:
        if len(sample) - error.start > 3 or error.reason.startswith("illegal"):
            return -1.0
        text = sample[: error.start].decode(encoding)
    found = weight = 0.0
    for run in re.finditer(r"[^\x00-\x7f]+", text):
        before, after = text[run.start() - 1 : run.start()], text[run.end() : run.end() + 1]
        inside = run.group()
        for index, character in enumerate(inside):
            neighbours = (inside[index - 1] if index else before) + (inside[index + 1 : index + 2] or after)
            size = len(character.encode(encoding, "replace"))
            found += size * usual(character, neighbours)
            weight += size
    return found / weight if weight else -1.0


def _row(character: str, encoding: str) -> int:
    """The first byte of a character of two bytes; 0 where it is none."""
    try:
        code = character.encode(encoding)
    except UnicodeEncodeError:
        return 0
    return code[0] if len(code) == 2 else 0


#: Signs of measurements and typography that stand in tables of every language.
_SIGNS = set("µμ°±²³·×–—‘’“”„…€£§½¼≤≥‰")
_WIDE_SIGNS = set("，。、（）：；！？％《》「」【】　～—…“”‘’℃")


#: The syllables of which most Korean is made. Each pair of bytes that is Korean is also a usual Chinese character.
_SYLLABLES = set(
    "가각간갈감강개거건검게격견결경계고곡공과관광교구국군권규균극근금급기길김나날남내너년노높는능니다단달당대더도독동되된두등"
    "디때라람량러런레력로록료류률름리린림마만많망매면명모목무문물미민바박반발방배백번법별병보복부북분불비사산살상새색생서석선"
    "설성세소속손송수숙술스습승시식신실심십아안않알압애액약양어언업없에여역연열영예오온올와완외요용우운울원월위유육율으은을음"
    "응의이인일임입있자작장재저적전절점정제조족종좌주중증지직진질집차찰참채책처천철첫청체초총최추축출충치친카코크타탁태터토통"
    "트특파판편평포표품프피하학한할함항해했행향허험현혈협형호혼홍화환활황회획효후휴흐흡희히당뇨혈압체질환길동"
)


def _alone(character: str, neighbours: str) -> bool:
    """Whether a wide character stands between ASCII ones as an accented letter would."""
    return neighbours.isascii() and any(each.isalpha() or each in "()[]/ " for each in neighbours)


def _usual_chinese(character: str, neighbours: str) -> float:
    if character in _WIDE_SIGNS:
        return 1.0
    return float(0xB0 <= _row(character, "gb2312") <= 0xD7) * (0.3 if _alone(character, neighbours) else 1.0)


def _usual_taiwanese(character: str, neighbours: str) -> float:
    if character in _WIDE_SIGNS:
        return 1.0
    return float(0xA4 <= _row(character, "big5") <= 0xC6) * (0.3 if _alone(character, neighbours) else 0.99)


def _usual_japanese(character: str, neighbours: str) -> float:
    if "ぁ" <= character <= "ヿ":
        return 1.1  # nobody else writes kana
    if "｡" <= character <= "ﾟ":
        return 0.3
    if character in _WIDE_SIGNS:
        return 1.0
    return float(0x88 <= _row(character, "shift_jis") <= 0x97) * (0.3 if _alone(character, neighbours) else 1.0)


def _usual_korean(character: str, _: str) -> float:
    if character in _SYLLABLES:
        return 1.1
    return 0.6 if "가" <= character <= "힣" else float(character in _WIDE_SIGNS)


def _european(letters: str) -> Callable[[str, str], float]:
    known, upper = set(letters), set(letters.upper())

    def usual(character: str, neighbours: str) -> float:
        """An accented letter stands beside plain ones: three in a row are another script, misread."""
        letters_beside = sum(each.isascii() and each.isalpha() for each in neighbours)
        if character in _SIGNS:
            return 0.3 if character in "£§" and letters_beside else 1.0
        if character not in known and character not in upper:
            return 0.0
        if not any(each.isascii() for each in neighbours):
            return 0.2
        if character in "ìòù" and letters_beside == 2:
            return 0.5  # at the end of a word, in Italian
        if character in upper and character not in known:
            return 0.8 if letters_beside else 0.55
        return 1.0 if letters_beside else 0.7

    return usual


def _usual_cyrillic(character: str, neighbours: str) -> float:
    beside = sum("А" <= each <= "я" or each == "ё" for each in neighbours)
    if any(each.isascii() and each.isalpha() for each in neighbours):
        return 0.1
    if "а" <= character <= "я" or character == "ё":
        return 1.0 if beside else 0.4
    if "А" <= character <= "Я":
        return 0.7 if beside else 0.4
    return float(character in _SIGNS or character == "№")


#: Encodings, each with how usual a character is in the languages that use it, given its neighbours.
_USUAL: dict[str, Callable[[str, str], float]] = {
    "gb18030": _usual_chinese,
    "cp1252": _european("äöüßéèêëàáâãåæçíìîïñóòôõøœúùûýšž"),
    "cp1250": _european("ąćęłńóśźżáčďéěíňřšťúůýžőűöüäôľĺŕăâîșț"),
    "cp1251": _usual_cyrillic,
    "big5": _usual_taiwanese,
    "cp932": _usual_japanese,
    "euc_kr": _usual_korean,
}
