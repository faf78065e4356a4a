"""The version of the rules by which messages are read.

It counts the changes of how text is cut into paragraphs: the ordinals of paragraphs are a citation
format (`ID#p7`), and an index made under another version is built anew. It stands alone so that
opening an index need not import the parser.
"""

from __future__ import annotations

RULE_VERSION = 2
