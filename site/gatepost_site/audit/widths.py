"""How wide a text is where search results show it: in Arial, whose widths Liberation Sans has by design."""

# ruff: noqa: RUF001 - letters of three alphabets that look alike

from __future__ import annotations

import unicodedata

#: Pixels of a font's em in search results: of titles, and of descriptions.
TITLE_SIZE, DESCRIPTION_SIZE = 20, 14
#: Pixels that search results show of a title and of a description before they cut it off; measured by many on
#: desktop results, published by no search engine.
TITLE_WIDTH, DESCRIPTION_WIDTH = 580, 920
_EM = 2048
#: Of digits, most small letters, and what is not in the table.
_USUAL = 1139
#: Advance width in 2048ths of an em -> characters, as LiberationSans-Regular 2.1 (SIL Open Font License 1.1) has them.
_WIDTHS = {
    391: "'",
    455: "ijlįĵĺļłſΐίιϊіј‘’‚",
    532: "|¦",
    569: " !,./:;I[\\]ft·ÌÍÎÏìíîïĨĩĪīĬĭĮİıţŧ·ΙΪІЇї",
    597: "ľ",
    682: "()-`r¡¨²³´¸¹ŕŗř“”„›‹",
    684: "{}ŀ",
    717: "•",
    727: "\"",
    747: "гѓ",
    748: "º",
    758: "ª",
    768: "ť",
    786: "Ί",
    797: "*",
    809: "τ",
    819: "°",
    896: "кќ",
    903: "ζ",
    909: "ĳ",
    913: "έε",
    917: "ξ",
    938: "т",
    939: "з",
    961: "^",
    987: "ς",
    1024: "JcksvxyzçýÿćĉċčĴķĸśŝşšŷźżžγκλνЈсухѕў",
    1045: "эє",
    1067: "чь",
    1075: "χ",
    1088: "в",
    1100: "¶",
    1109: "ЃГпя",
    1120: "ΰυϋύ",
    1124: "±÷",
    1128: "Γ",
    1131: "¯нџ",
    1140: "δ",
    1144: "ийѝ",
    1165: "ρ",
    1173: "бц",
    1178: "β",
    1180: "µμ",
    1184: "άα",
    1193: "ЌК",
    1195: "дл",
    1196: "+<=>~¬×",
    1237: "ŉЗ",
    1251: "FTZ¿ßøŢŤŦŹŻŽΖΤТ",
    1259: "ď",
    1264: "σ",
    1266: "Σ",
    1280: "ъ",
    1301: "ЎУ",
    1328: "φ",
    1331: "Ξ",
    1344: "БЛЬ",
    1365: "Ч",
    1366: "&ABEKPSVXYÀÁÂÃÄÅÈÉÊËÝÞĀĂĄĒĔĖĘĚĶŚŜŞŠŶŸΑΒΕΚΡΥΧΫЅАВЕРХ",
    1367: "ΆЁ",
    1368: "ΔΛ",
    1370: "ж",
    1387: "Д",
    1408: "м",
    1413: "π",
    1460: "ψ",
    1472: "ЄЏИЙПЭы",
    1479: "CDHNRUwÇÐÑÙÚÛÜĆĈĊČĎĐĤĦŃŅŇŔŖŘŨŪŬŮŰŲŵΗΝΠЍНСЯ",
    1481: "Ŋ",
    1505: "Ĳ",
    1509: "©®",
    1515: "Ц",
    1531: "Ω",
    1536: "ю",
    1541: "Ώ",
    1557: "Ф",
    1586: "Ό",
    1593: "GOQÒÓÔÕÖØĜĞĠĢŌŎŐΘΟО",
    1599: "ωώ",
    1606: "Έ",
    1621: "Ъ",
    1634: "Φ",
    1643: "ш",
    1664: "њ",
    1685: "фщ",
    1706: "MmΜМ",
    1708: "¼½¾",
    1711: "Ψ",
    1716: "Ή",
    1749: "Ћ",
    1752: "Ύ",
    1771: "Ђ",
    1813: "Ы",
    1821: "%æ",
    1856: "љ",
    1877: "Ш",
    1891: "Ж",
    1920: "Щ",
    1933: "WœŴ",
    2048: "ÆŒ—…™←→",
    2069: "ЊЮ",
    2079: "@",
    2165: "Љ",
}  # fmt: skip
_WIDTH = {ord(char): width for width, chars in _WIDTHS.items() for char in chars}


def pixels(text: str, size: int) -> int:
    """Return the width of a line of text in pixels, at a font size in pixels."""
    return round(sum(_width(char) for char in text) * size / _EM)


def cut(text: str, size: int, width: int) -> str:
    """Return as much of a text as fits into a width in pixels, ended at a word where there is one."""
    total = 0
    for index, char in enumerate(text):
        total += _width(char)
        if total * size > width * _EM:
            words, _, _ = text[:index].rpartition(" ")
            return words or text[:index]
    return text


def _width(char: str) -> int:
    known = _WIDTH.get(ord(char))
    if known is not None:
        return known
    if unicodedata.combining(char) or unicodedata.category(char) == "Cf":
        return 0
    return _EM if unicodedata.east_asian_width(char) in "WF" else _USUAL
