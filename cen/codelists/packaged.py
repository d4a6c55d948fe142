"""The list `country`, from packages that are kept well: ISO 3166 and the names of CLDR."""

from __future__ import annotations

import hashlib
from datetime import date
from importlib.metadata import version

from cen.codelists import countries
from cen.codelists.loader import Loaded, load
from cen.models.code import Code, CodeList

# The Netherlands Antilles were divided on that day; older records keep them.
_ENDED = {"AN": date(2010, 10, 10)}


def load_countries() -> Loaded | None:
    """Countries and territories in six languages; None where nothing changed."""
    own = hashlib.sha256(f"{countries.ADDED} {_ENDED}".encode()).hexdigest()[:12]
    label = f"pycountry {version('pycountry')} babel {version('babel')} {own}"[:64]
    if CodeList.unguarded.filter(name="country", version=label).exists():
        return None
    # pycountry reads its database at first use.
    import pycountry

    codes = []
    for position, code in enumerate(countries.territory_codes()):
        iso = pycountry.countries.get(alpha_2=code)
        codes.append(
            Code(
                code_list_id="country",
                code=code,
                position=position,
                valid_to=_ENDED.get(code),
                extra={"iso3": iso.alpha_3, "numeric": iso.numeric} if iso else {},
                **{f"name_{language}": name for language, name in countries.territory_names(code).items()},
            )
        )
    return load("country", codes, label)
