"""Vehicle plates in running text: by the usual shapes of plates, or by the word before them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cen.identifiers import words_before

# Letter groups that stand beside figures in ordinary reports: units, currencies, months, documents, drugs,
# codes.
_ORDINARY_WRITTEN = (
    "KG KGS KGM GR GRS GRM GMS MG MGS ML MLS CL HL LT LTS LTR TN TNE TON MT MTS LB LBS OZ PC PCS PZS PZA "
    "UDS UND "
    "UN PKT PKTS BX BXS CTN CTNS CT BTL BTLS BOT TBL TBS TAB TABS CPS DZ DOZ PR PRS SQM CBM KM KMS CM MM "
    "FT IN HR "
    "HRS MIN MN SEC UTC GMT CET EST LOC AM PM EUR USD GBP CHF JPY CNY RMB AUD CAD BRL ZAR NGN KES INR PKR "
    "RUB TRY "
    "AED SAR MXN COP PEN CLP ARS XAF XOF MAD DZD TND EGP THB VND IDR MYR PHP HKD SGD KRW NZD SEK NOK DKK "
    "PLN CZK "
    "HUF RON UAH GHS TZS UGX JAN FEB FEV MAR APR ABR AVR MAY MAI MAYO JUN JUI JUL JUIL AUG AGO AOU AOUT "
    "SEP SEPT "
    "SET OCT OUT NOV DEC DIC DEZ ENE IMO HS SH SA NC ISO CAS AWB LTA MRN UCR TEU FCL LCL REF NO NR NUM "
    "ROW RUE AND "
    "THE FOR DE DU DES LES ET EL LA LOS LAS AT TO OF BY ON OR IS LE UNE UNA CON POR DEL CAN COC HER AMP "
    "MET MDM KET "
    "LSD GHB THC MAM JWH AM UR AKB CBD CFC HFC HCFC HCFO PCB ODS DDT WAS NPS DRG TOB WEA CUR PRE ALC FUE "
    "IPR FLO "
    "FAU ENV CUL EXP STG AK MP MG PM RPG CZ MIG MIL ATR CRJ ERJ BAE MD DC FL COVID SARS DIN VAT EN"
)
_ORDINARY = frozenset(_ORDINARY_WRITTEN.split())
_SHAPES = tuple(
    re.compile(rf"(?<![\w/.\-]){shape}(?![\w/\-]|\.[0-9A-Z])")
    for shape in (
        r"([A-Z]{2})[ \-]?[0-9]{2}[ \-]([A-Z]{1,2})[ \-]?[0-9]{4}",
        r"[A-Z]{2}[0-9]{2} ?([A-Z]{3})",
        r"([A-Z]{2})[ \-][0-9]{3}[ \-]([A-Z]{2})",
        r"([A-Z]{1,3})-([A-Z]{1,2})[ \-]?[0-9]{2,4}[EH]?",
        r"[0-9]{4}[ \-]?([BCDFGHJKLMNPRSTVWXYZ]{3})",
        r"[0-9]{2} ([A-Z]{1,3}) [0-9]{2,4}",
        r"[0-9]{2}-([A-Z]{2,3})-[0-9]{2,3}",
        r"[ABEKMHOPCTYX][0-9]{3}[ABEKMHOPCTYX]{2} ?[0-9]{2,3}",
        r"(K[A-Z]{2}) ?[0-9]{3}[A-Z]",
    )
)
_AFTER_WORD = re.compile(r"(?<!\w)(?=[\w \-]{0,9}[0-9])[^\W_]{1,8}(?:[ \-][^\W_]{1,7}){0,3}(?!\w)")
_SHORTEST_SHAPE, _SHORTEST_AFTER_WORD, _LONGEST = 5, 4, 12


def _alnum(text: str) -> str:
    return "".join(char for char in text if char.isalnum())


def _after_word(found: str) -> str:
    """The beginning of ``found`` that is a plate: after digits, a small-letter word or a unit ends it."""
    taken = ""
    for part in re.split(r"([ \-])", found):
        if not taken and part.islower() and part.upper() in _ORDINARY:
            break
        if part.isalpha() and (
            len(part) > 3 or (any(map(str.isdecimal, taken)) and (part.islower() or part in _ORDINARY))
        ):
            break
        if len(_alnum(taken + part)) > _LONGEST:
            break
        taken += part
    return taken.rstrip(" -")


def plates(text: str, capitals: str) -> Iterator[tuple[int, int]]:
    """Start and end of each plate.

    ``text`` keeps the case of the writer (a shape alone counts only in capitals), ``capitals`` is the same
    text
    in capitals, place by place; both without accents.
    """
    for shape in _SHAPES:
        for match in shape.finditer(text):
            if len(_alnum(match[0])) < _SHORTEST_SHAPE:
                continue
            if any(letters in _ORDINARY for letters in match.groups() if letters):
                continue
            if words_before.stands_before(words_before.THINGS, capitals, match.start()):
                continue
            yield match.span()
    for word in words_before.PLATE_WORD.finditer(capitals):
        after = _AFTER_WORD.match(capitals, word.end())
        if not after:
            continue
        plate = _after_word(text[after.start() : after.end()])
        written = _alnum(plate)
        # Digits alone are as often a quantity ("plates 1200 pieces").
        if (
            _SHORTEST_AFTER_WORD <= len(written) <= _LONGEST
            and sum(map(str.isdecimal, written)) >= 2
            and not written.isdecimal()
        ):
            yield after.start(), after.start() + len(plate)
