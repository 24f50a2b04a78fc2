"""Formats of strings in a JSON schema that are held as patterns, or that say nothing.

Beside those of JSON Schema itself they are the ones that OpenAPI's registry and pydantic know.
Pure. `narrowing` puts them into schemas.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

FREE_FORMATS = frozenset({"binary", "password", "path"})
"""Formats that name a use of a string and say nothing of its letters."""

_MONTH_AND_DAY = (
    r"((0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31)"
)
_LEAP = r"([12]\d(0[48]|[2468][048]|[13579][26])|(12|16|20|24|28)00)-02-29"
_DATE = rf"([12]\d{{3}}-{_MONTH_AND_DAY}|{_LEAP})"
_LOCAL_TIME = r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?"
_TIME = rf"{_LOCAL_TIME}(Z|[+-]([01]\d|2[0-3]):[0-5]\d)"

_OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_IPV4 = rf"{_OCTET}(\.{_OCTET}){{3}}"
_GROUP = "[0-9a-fA-F]{1,4}"
_IPV6 = "|".join(
    [f"({_GROUP}:){{7}}{_GROUP}", f":((:{_GROUP}){{1,7}}|:)"]
    + [f"({_GROUP}:){{{n}}}((:{_GROUP}){{1,{7 - n}}}|:)" for n in range(1, 7)]
    + [f"({_GROUP}:){{7}}:", f"::([fF]{{4}}:)?{_IPV4}"]
)
_BITS_OF_V4, _BITS_OF_V6 = "(3[0-2]|[12]?[0-9])", "(12[0-8]|1[01][0-9]|[1-9]?[0-9])"


def _networks() -> Iterator[str]:
    """IPv4 networks by the length of their prefix; what stands behind it is zero."""
    for length in range(33):
        whole, bits = divmod(length, 8)
        octets = [_OCTET] * whole
        if bits:
            step = 2 ** (8 - bits)
            octets.append(f"({'|'.join(map(str, range(0, 256, step)))})")
        octets += ["0"] * (4 - len(octets))
        yield r"\.".join(octets) + f"/{length}"


def _base64(more: str) -> str:
    """Base64 with its padding; the bits of the last letter that stand for nothing are zero."""
    letter = f"[A-Za-z0-9{more}]"
    return f"({letter}{{4}})*({letter}[AQgw]==|{letter}{{2}}[AEIMQUYcgkosw048]=)?"


def texts_in_base64(more: str) -> str:
    """Base64 of texts in ASCII, whose bytes begin with a zero; `more` is its last two letters."""
    first, second = "[A-Za-f]", "[A-HQ-Xg-nw-z0-3]"
    whole = f"{first}{second}[ABEFIJMNQRUVYZcdghklopstwx014589][A-Za-z0-9{more}]"
    return f"({whole})*({first}[AQgw]==|{first}{second}[AEIMQUYcgkosw048]=)?"


PATTERNS = {
    "date": _DATE,
    "time": _TIME,
    "date-time": f"{_DATE}T{_TIME}",
    "time-local": _LOCAL_TIME,
    "date-time-local": f"{_DATE}T{_LOCAL_TIME}",
    "ipv4": _IPV4,
    "ipv4interface": f"{_IPV4}(/{_BITS_OF_V4})?",
    "ipv4network": "|".join([_IPV4, *_networks()]),
    "ipv6": _IPV6,
    "ipv6interface": f"({_IPV6})(/{_BITS_OF_V6})?",
    "ipvanyaddress": f"{_IPV4}|{_IPV6}",
    "ipvanyinterface": f"{_IPV4}(/{_BITS_OF_V4})?|({_IPV6})(/{_BITS_OF_V6})?",
    "base64": _base64("+/"),
    "base64url": _base64("_-"),
    "uuid": "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
} | {
    # Of pydantic's UUID1 to UUID8, after the digit that says which.
    f"uuid{version}": f"[0-9a-f]{{8}}-[0-9a-f]{{4}}-{version}[0-9a-f]{{3}}-[89ab][0-9a-f]{{3}}-"
    "[0-9a-f]{12}"
    for version in range(1, 9)
}
"""What a string of each format is, without ^ and $. Dates are in years from 1000 to 2999."""

_WORD = "[A-Za-z0-9]+(-[A-Za-z0-9]+)*"
# A last label that begins with a digit would make it an address in numbers, and a broken one.
_HOST = rf"(({_WORD}\.)*[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*|{_IPV4})"
_AUTHORITY = rf"{_HOST}(:([1-9][0-9]{{0,3}}|[1-5][0-9]{{4}}))?"
_IN_URL = r"[A-Za-z0-9._~:/?#@!$&'()*+,;=%-]"
_USER = "([A-Za-z0-9._~-]+(:[A-Za-z0-9._~-]+)?@)?"


def urls(schemes: Sequence[str] = (), *, hosts: int = 1, most: int | None = None) -> str:
    """A pattern of absolute URLs with one of these schemes, any for none; of up to so many hosts.

    Hosts are names in ASCII without two hyphens side by side, or IPv4 addresses. A file has none.
    most: letters behind the host; None is any number.
    """
    times = "*" if most is None else f"{{0,{most}}}"
    named = [scheme.replace("+", r"\+").replace(".", r"\.") for scheme in schemes]
    rest = f"([/?#]{_IN_URL}{times})?"
    more = f"(,{_AUTHORITY}){{0,{hosts - 1}}}" if hosts > 1 else ""
    found = [f"file:///{_IN_URL}{times}"] if not schemes or "file" in schemes else []
    if others := [name for name in named if name != "file"]:
        found.append(f"({'|'.join(others)})://{_USER}{_AUTHORITY}{more}{rest}")
    elif not schemes:
        found.append(f"[a-z][a-z0-9+.-]*://{_USER}{_AUTHORITY}{more}{rest}")
        found.append(f"(mailto|tel|urn|data):{_IN_URL}+")
    return "|".join(found)


def dates(first: date, last: date) -> str:
    """A pattern of the dates from one to another, both included; years are 1000 to 2999."""
    first, last = max(first, date(1000, 1, 1)), min(last, date(2999, 12, 31))
    found = []
    inner = range(first.year + 1, last.year)
    if inner:
        years = "|".join(map(str, inner))
        found.append(f"({years})-{_MONTH_AND_DAY}")
        leap = [str(y) for y in inner if y % 4 == 0 and (y % 100 != 0 or y % 400 == 0)]
        found += [f"({'|'.join(leap)})-02-29"] if leap else []
    for year in sorted({first.year, last.year}):
        begin, end = max(first, date(year, 1, 1)), min(last, date(year, 12, 31))
        days = (begin + timedelta(n) for n in range((end - begin).days + 1))
        if listed := "|".join(day.strftime("%m-%d") for day in days):
            found.append(f"{year}-({listed})")
    return "|".join(found)


__all__ = ["FREE_FORMATS", "PATTERNS", "dates", "texts_in_base64", "urls"]
