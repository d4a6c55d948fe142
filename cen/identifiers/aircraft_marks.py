"""Nationality marks that aircraft registrations begin with (ICAO Annex 7 practice)."""

from __future__ import annotations

_WRITTEN = (
    "2 3A 3B 3C 3D 3DC 3X 4K 4L 4O 4R 4W 4X 5A 5B 5H 5N 5R 5T 5U 5V 5W 5X 5Y 6O 6V 6W 6Y 7O 7P 7Q 7T 8P "
    "8Q 8R "
    "9A 9G 9H 9J 9K 9L 9M 9N 9O 9Q 9S 9U 9V 9XR 9Y A2 A3 A4O A5 A6 A7 A8 A9C AP B C C2 C3 C5 C6 C9 CC CN "
    "CP CR "
    "CS CU CX D D2 D4 D6 DQ E3 E5 E7 EC EI EJ EK EL EP ER ES ET EW EX EY EZ F G H4 HA HB HC HH HI HK HL "
    "HP HR "
    "HS HV HZ I J2 J3 J5 J6 J7 J8 JA JU JY LN LQ LV LX LY LZ M N OB OD OE OH OK OM OO OY P P2 P4 PH PJ PK PP "
    "PR PS PT PU PZ RA RDPL RF RP S2 S3 S5 S7 S9 SE SP SN SR ST SU SX T2 T3 T7 T8 T9 TC TF TG TI TJ TL TN TR "
    "TS TT TU TY TZ UK UN UP UR V2 V3 V4 V5 V6 V7 V8 VH VN VP VQ VT XA XB XC XT XU XW XY XZ YA YI YJ YK "
    "YL YN "
    "YR YS YU YV Z Z3 Z6 ZA ZJ ZK ZP ZS ZT ZU"
)

MARKS = frozenset(_WRITTEN.split())
"""Nationality marks, two to four characters mostly; a few administrations have one."""
