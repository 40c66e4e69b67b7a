"""What is known of HTML's elements and attributes, as far as mail is concerned."""

import re
from typing import Final

VOID: Final = frozenset("area br col hr img input meta param source track wbr".split())
FORMATTING: Final = frozenset("a b big code em font i nobr s small strike strong tt u".split())
LEFT_OUT: Final = frozenset(
    "applet embed frame frameset iframe math noembed noframes object option plaintext script "
    "select svg template textarea xmp".split()
)
SKIPPED: Final = frozenset(["base", "link"])
HEADING: Final = frozenset(["html", "head", "meta", "style", "title"])
CELLS: Final = frozenset(["td", "th"])
TABLE_PARTS: Final = frozenset("caption colgroup table tbody td tfoot th thead tr".split())
_ROWS = frozenset(["tbody", "thead", "tfoot", "tr", "td", "th", "colgroup", "p", "li"])
CLOSED_BY: Final[dict[str, frozenset[str]]] = {
    **dict.fromkeys(["tbody", "thead", "tfoot"], _ROWS),
    "tr": frozenset(["tr", "td", "th", "colgroup", "p", "li"]),
    **dict.fromkeys(["td", "th"], frozenset(["td", "th", "p", "li"])),
    **dict.fromkeys(["dt", "dd"], frozenset(["dt", "dd", "p"])),
    "li": frozenset(["li", "p"]),
    **dict.fromkeys(
        "address article aside blockquote center div dl figure footer form h1 h2 h3 h4 h5 h6 "
        "header hr main nav ol p pre section table ul".split(),
        frozenset(["p"]),
    ),
}
"""What a start tag ends when it comes right inside it: elements whose end tag may be left out."""

MAY_STAY_OPEN: Final = frozenset(["html", "head", "body"]).union(*CLOSED_BY.values())
ADDRESSES: Final = frozenset(["action", "background", "formaction", "href", "poster", "src"])
_SAFE_SCHEMES = frozenset(["cid", "http", "https", "mailto", "sms", "tel"])
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
NAME: Final = re.compile(r"[a-z_][a-z0-9_.:-]*")


def is_safe(address: str) -> bool:
    """Whether an address runs nothing where it is opened."""
    scheme = _SCHEME.match(re.sub(r"[\0-\x20]", "", address))
    return scheme is None or scheme[1].lower() in _SAFE_SCHEMES
