"""When two names are one organisation's. Small, for queries and counts need it without the parser."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Legal forms: a name ends with them. Upper and lower case as companies write them.
LEGAL_FORM = re.compile(
    r"(?<![\w.&-])(?:Inc|Incorporated|Ltd|Limited|LLC|L\.L\.C|LLP|LP|PLC|plc|Corp|Corporation|Co\.?,?\s?Ltd|Pvt\.?\s?Ltd|"
    r"Pty\.?\s?Ltd|g?GmbH(?:\s?&\s?Co\.?\s?KG)?|mbH|AG|KG|e\.\s?K|e\.\s?V|eG|OHG|UG|B\.?V|N\.?V|S\.\s?A(?:\.\s?S)?|SAS|"
    r"S\.?A\.?R\.?L|SARL|SL|S\.L|S\.\s?r\.\s?l|Srl|S\.\s?p\.\s?A|SpA|AB|Oy|Oyj|ApS|A/S|AS|ASA|Sp\.\s?z\s?o\.?\s?o|s\.r\.o|d\.o\.o|"
    r"Kft|K\.?K|Ltda|S\.\s?A\.\s?de\s?C\.\s?V|Co)(?![\w&-])\.?(?:,?\s?(?:Inc|Ltd|LLC|KG)\b\.?)?",
)

_CJK_LEGAL_FORM = re.compile(r"(?:股份)?有限(?:责任)?公司|株式会社|[(（]株[)）]|주식회사|[(（]주[)）]")
_WORD = re.compile(r"[^\W\d_]+")


@lru_cache(maxsize=8192)
def organisation_key(name: str) -> str:
    """The form by which two names are one organisation: no case, accents, legal form, article.

    "The Tarnholm Company, Ltd." and "Tarnholm Company" -> "company tarnholm"; never "".
    """
    bare = LEGAL_FORM.sub("", name)
    bare = _CJK_LEGAL_FORM.sub("", bare) or name
    folded = unicodedata.normalize("NFKD", bare.casefold())
    words = set(_WORD.findall("".join(c for c in folded if not unicodedata.combining(c))))
    return " ".join(sorted(words - {"the"})) or name.casefold()
