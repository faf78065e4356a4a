"""Whose words each line holds: own, quoted, forwarded, signature or footer.

Path: lines -> zoned lines -> `message.paragraphs`. Quote prefixes that `message.plain` cannot
know (`Ann>`, `|`, `:`) become depth here. Every line keeps its words; only one message is
looked at: what a signature or footer is by repetition is settled at commit, elsewhere.

The order matters: quotes and forwarded parts first (all in them is theirs), then footers,
then signatures in what is left.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from searcharc.message import attribution, closings
from searcharc.message.lines import Hint, Line
from searcharc.models import Zone

_OWN, _QUOTED, _FORWARDED = Zone.OWN, Zone.QUOTED, Zone.FORWARDED
_SIGNATURE, _FOOTER = Zone.SIGNATURE, Zone.FOOTER

_TAIL = 14  # non-empty lines in which a signature without a delimiter is looked for
_LONGEST_SIGNATURE = 30  # lines behind "-- "
_FOOTNOTE = re.compile(r"\s*\[\d{1,3}\][:.]?\s")
_CONTACT = re.compile(
    r"@|\bat\s[\w-]+\.\w|https?://|www\.|\b(?:tel|fax|phone|mobile|email|e-mail|url|pgp|key|fingerprint|icq|skype)\b|\d{3}[-. ]\d{3,4}",
    re.IGNORECASE,
)
_PROSE_END = re.compile(r"[.?!。？！]\s*$")


def assign_zones(
    lines: Sequence[Line], *, subject: str, sender_name: str, has_reply_header: bool
) -> list[tuple[Line, Zone]]:
    """Each line with its zone, in order; no line is added or left out.

    subject: as in the header, with its "Re:". sender_name: the restored display name.
    has_reply_header: whether In-Reply-To or References stood in the header. A line may come
    back with another depth and without its prefix: "Ann> Yes." -> depth 1, "Yes.";
    attribution lines and header blocks of quoted mail have depth 1 at least.
    """
    if not lines:
        return []
    zoner = _Zoner(_restore_prefixes(lines), subject, sender_name, has_reply_header)
    zoner.armour()
    zoner.quotes()
    zoner.footers()
    zoner.signatures()
    return list(zip(zoner.deepened(), zoner.zones, strict=True))


class _Zoner:
    """The lines of one message and the zones found so far."""

    def __init__(self, lines: list[Line], subject: str, sender_name: str, has_reply_header: bool) -> None:
        self.lines = lines
        self.zones = [_QUOTED if line.depth else _OWN for line in lines]
        self.subject = subject
        self.reply = has_reply_header or attribution.SUBJECT_REPLY.match(subject) is not None
        self.forward = (
            attribution.SUBJECT_FORWARD.match(subject) is not None or attribution.SUBJECT_FORWARD_END.search(subject) is not None
        )
        self.names = _name_words(sender_name)
        self.joined = "\n".join(line.text for line in lines)
        self.lower = self.joined.casefold()

    def deepened(self) -> Iterator[Line]:
        """The lines, those that are quoted without a prefix at depth 1."""
        for line, zone in zip(self.lines, self.zones, strict=True):
            yield replace(line, depth=1) if zone is _QUOTED and not line.depth else line

    # --- PGP ---------------------------------------------------------------------------------

    def armour(self) -> None:
        """RFC 4880 armour: the head of a signed text, signatures, keys."""
        if "-----begin pgp" not in self.lower:
            return
        block = False
        head = False
        for index, line in enumerate(self.lines):
            text = line.text
            if line.depth:
                continue
            if text.startswith("-----BEGIN PGP "):
                head = "SIGNED MESSAGE" in text
                block = not head
                self.zones[index] = _SIGNATURE
            elif block:
                self.zones[index] = _SIGNATURE
                block = not text.startswith("-----END PGP ")
            elif head:
                if not text:
                    head = False
                elif re.match(r"[A-Za-z]+: ", text):
                    self.zones[index] = _SIGNATURE
                else:
                    head = False

    # --- the words of others -------------------------------------------------------------------

    def quotes(self) -> None:
        """Attributions above quotes, Outlook blocks, forwarded messages, wrapped ends."""
        self._attributions()
        start = self._block_start()
        if start is not None:
            first, zone = start
            last = len(self.lines)
            if zone is _FORWARDED:
                last = self._forwarded_end(first)
            for index in range(first, last):
                if self.zones[index] is not _SIGNATURE or zone is _FORWARDED:
                    self.zones[index] = zone
        self._wrapped_ends()

    def _attributions(self) -> None:
        lines, zones = self.lines, self.zones
        before = 0
        last_text = -1
        for index, line in enumerate(lines):
            if not line.text and not line.depth:
                continue
            if line.depth and not before and last_text >= 0 and index - last_text <= 3:
                window = [last_text]
                while len(window) < 4 and window[0] > 0:
                    above = lines[window[0] - 1]
                    if above.depth or not above.text or zones[window[0] - 1] is not _OWN:
                        break
                    window.insert(0, window[0] - 1)
                at = attribution.attribution_start([lines[w].text for w in window])
                if at is not None:
                    for w in window[at:]:
                        zones[w] = _QUOTED
            before = line.depth
            last_text = index

    def _block_start(self) -> tuple[int, Zone] | None:
        """The first line from which on everything is another's, and whether it was forwarded."""
        lines = self.lines
        separators = any(hint in self.lower for hint in attribution.SEPARATOR_HINTS)
        headers = any(hint in self.lower for hint in attribution.HEADER_HINTS)
        for index, line in enumerate(lines):
            text = line.text
            if not text or (line.depth and not self.forward):
                continue
            if separators and (not text[0].isalnum() or text[:5].lower() == "begin"):
                if attribution.FORWARDED.match(text):
                    return index, _QUOTED if self._answered(index) else _FORWARDED
                if len(text) < 120 and attribution.ORIGINAL.match(text):
                    return index, self._kind(index)
            if line.depth:
                continue
            if headers and attribution.HEADER_FROM.match(text) and self._is_header_block(index):
                return self._above(index), self._kind(index)
            if line.hint is Hint.FORWARD:
                return index, _FORWARDED
            if line.hint is Hint.REPLY and not self._quote_follows(index):
                return index, self._kind(index)
            if text[-1] in ":：" and attribution.is_full_attribution(text) and not self._quote_follows(index):
                return index, _QUOTED
        return None

    def _kind(self, index: int) -> Zone:
        """Quoted or forwarded, for a block that does not say itself which."""
        if self.forward:
            return _FORWARDED
        return _QUOTED if self.reply or any(line.text for line in self.lines[:index]) else _FORWARDED

    def _answered(self, index: int) -> bool:
        """Whether own words stand above a block in a reply: then it is the mail answered."""
        return (
            not self.forward
            and attribution.SUBJECT_REPLY.match(self.subject) is not None
            and any(line.text for line in self.lines[:index])
        )

    def _is_header_block(self, index: int) -> bool:
        found = 0
        seen = 0
        for line in self.lines[index + 1 : index + 12]:
            if line.depth:
                break
            if not line.text:
                continue
            seen += 1
            if attribution.HEADER_OTHER.match(line.text):
                found += 1
                if found == 2:
                    return True
            elif seen > 6:
                break
        return False

    def _above(self, index: int) -> int:
        """The rule or separator that stands directly above a header block belongs to it."""
        for above in range(index - 1, max(-1, index - 4), -1):
            text = self.lines[above].text
            if text:
                return above if attribution.RULE.match(text) and not self.lines[above].depth else index
        return index

    def _quote_follows(self, index: int) -> bool:
        """Whether a deeper line follows, perhaps after the rest of a wrapped attribution."""
        for line in self.lines[index + 1 : index + 6]:
            if line.depth:
                return True
        return False

    def _forwarded_end(self, start: int) -> int:
        """Behind the last line of a forwarded message: its end mark, or the sender's signature."""
        lines = self.lines
        end = len(lines)
        for index in range(start + 1, end):
            if attribution.FORWARDED_END.match(lines[index].text):
                return index + 1
        for index in range(end - 1, max(start, end - _LONGEST_SIGNATURE), -1):
            line = lines[index]
            if not line.depth and closings.DELIMITER.match(line.text):
                words = {w for below in lines[index + 1 : index + 5] for w in _words(below.text)}
                return index if words & self.names else end
        return end

    def _wrapped_ends(self) -> None:
        """A long quoted line, broken by a program that gave its end no prefix."""
        lines, zones = self.lines, self.zones
        for index in range(1, len(lines) - 1):
            if zones[index] is not _OWN or not lines[index].text:
                continue
            before, after, text = lines[index - 1], lines[index + 1], lines[index].text
            if (
                before.depth
                and after.depth
                and len(before.text) >= 60
                and len(text) <= 40
                and (text[0].islower() or not _PROSE_END.search(before.text))
            ):
                zones[index] = _QUOTED

    # --- footers -------------------------------------------------------------------------------

    def footers(self) -> None:
        """List footers, scrubber's notes, advertisements, phone marks, disclaimers."""
        marked = [False] * len(self.lines)
        lower = self.lower
        if "next part" in lower or "scrubbed" in lower or "-----------" in lower:
            self._scrubbed(marked)
        self._ruled_footers(marked)
        if any(hint in lower for hint in closings.DISCLAIMER_HINTS):
            self._disclaimers(marked)
        if any(hint in lower for hint in closings.SINGLE_LINE_HINTS):
            self._single_lines(marked)
        tail = True
        for index in range(len(self.lines) - 1, -1, -1):
            line, zone = self.lines[index], self.zones[index]
            if marked[index]:
                # Footers that came with an unprefixed quote count only at the very end.
                if not line.depth and (tail or zone is _OWN or zone is _SIGNATURE):
                    self.zones[index] = _FOOTER
            elif line.text and not (zone is _SIGNATURE and tail):
                tail = False

    def _scrubbed(self, marked: list[bool]) -> None:
        inside = False
        for index, line in enumerate(self.lines):
            text = line.text
            if closings.NEXT_PART.match(text):
                inside = marked[index] = True
            elif inside and text:
                inside = marked[index] = closings.SCRUBBED.match(text) is not None
                if not inside and index and marked[index - 1] and len(text) < 120 and text.startswith(("<http", "http")):
                    inside = marked[index] = True

    def _ruled_footers(self, marked: list[bool]) -> None:
        """A rule, then lines about the list or the mail provider."""
        lines = self.lines
        for index, line in enumerate(lines):
            text = line.text
            if line.depth or marked[index] or len(text) < 15 or text.lstrip()[:1] not in "_-=.*":
                continue
            if not closings.FOOTER_RULE.match(text):
                continue
            end = index + 1
            while end < len(lines) and lines[end].text and end - index < 10 and not lines[end].depth:
                end += 1
            block = "\n".join(below.text for below in lines[index + 1 : end])
            if end - index > 9 or not block:
                continue
            about_list = closings.LIST_FOOTER.search(block)
            if about_list or (closings.ADVERTISEMENT.search(block) and self._ends_at(end)):
                for at in range(index, end):
                    marked[at] = True

    def _ends_at(self, index: int) -> bool:
        """Whether nothing but a few lines of further footers follows."""
        return sum(1 for line in self.lines[index:] if line.text) <= 8

    def _single_lines(self, marked: list[bool]) -> None:
        """Marks of phones, archives and trackers, and "Confidential" on a line of its own."""
        lines, zones = self.lines, self.zones
        for index, line in enumerate(lines):
            text = line.text
            if marked[index] or not text or len(text) > 160 or zones[index] not in (_OWN, _SIGNATURE):
                continue
            if closings.PHONE_MARK.match(text):
                marked[index] = True
            elif closings.ARCHIVE_NOTE.match(text):
                end = index
                while end < len(lines) and lines[end].text and end - index < 6:
                    marked[end] = True
                    end += 1
                if index and closings.DELIMITER.match(lines[index - 1].text):
                    marked[index - 1] = True
            elif len(text) < 60 and (index == 0 or not lines[index - 1].text or marked[index - 1]):
                alone = index + 1 == len(lines) or not lines[index + 1].text or marked[index + 1]
                marked[index] = alone and closings.CLASSIFICATION.match(text) is not None

    def _disclaimers(self, marked: list[bool]) -> None:
        lines = self.lines
        reached = -1  # end of the last disclaimer
        for first, last in _blocks(lines, 0, len(lines)):
            if lines[first].depth or marked[first] or self.zones[first] is _SIGNATURE:
                continue
            start = first
            for index in range(first, min(last - 1, first + 12)):
                # A signature may stand directly above, parted by a rule only.
                if closings.RULE_LINE.match(lines[index].text):
                    start = index
            text = " ".join(line.text for line in lines[start:last]).lstrip(" -_=*")
            lower = text.casefold()
            goes_on = reached >= 0 and len(text) > 100 and not any(line.text for line in lines[reached:first])
            if not goes_on and (len(text) <= 20 or not any(hint in lower for hint in closings.DISCLAIMER_HINTS) or not closings.is_disclaimer(text)):
                continue
            above = start - 1
            while above > 0 and not lines[above].text:
                above -= 1
            if above >= 0 and not lines[above].depth and closings.RULE_LINE.match(lines[above].text):
                start = above
            for index in range(start, last):
                marked[index] = True
            reached = last

    # --- signatures ----------------------------------------------------------------------------

    def signatures(self) -> None:
        """Behind "-- ", in signature containers, or from a sign-off or the sender's name on."""
        segments = list(self._own_segments())
        patch = "\n+++ " in self.joined or "\ndiff --git" in self.joined
        for first, last in segments:
            self._delimited(first, last, patch)
        for index, line in enumerate(self.lines):
            if line.hint is Hint.SIGNATURE and not line.depth and self.zones[index] is _OWN:
                self.zones[index] = _SIGNATURE
            elif line.text.startswith(" * Origin: ") and self.zones[index] is _OWN:
                self.zones[index] = _SIGNATURE  # FidoNet's origin line, FTS-0004
        self._broken_signature(segments)
        for first, last in reversed(segments):
            end = last
            while end > first and (self.zones[end - 1] is not _OWN or not _LETTER.search(self.lines[end - 1].text)):
                end -= 1
            if end > first:
                signed = end < last and _SIGNATURE in self.zones[end:last]
                self._undelimited(first, end, signed=signed, only=first == segments[0][0])
                break

    def _broken_signature(self, segments: Sequence[tuple[int, int]]) -> None:
        """A signature in which a line starts with ">" goes on behind it."""
        for (_, last), (first, end) in zip(segments, segments[1:], strict=False):
            between = [index for index in range(last, first) if self.lines[index].text]
            if (
                self.zones[last - 1] is _SIGNATURE
                and 0 < len(between) <= 6
                and all(self.lines[index].depth for index in between)
                and end - first <= _LONGEST_SIGNATURE
            ):
                for index in range(last, end):
                    if self.zones[index] in (_OWN, _QUOTED):
                        self.zones[index] = _SIGNATURE

    def _own_segments(self) -> Iterator[tuple[int, int]]:
        """Runs of own lines, blank ones inside: [first, last)."""
        first: int | None = None
        for index, (line, zone) in enumerate(zip(self.lines, self.zones, strict=True)):
            if zone is _OWN:
                if first is None and line.text:
                    first = index
            elif first is not None and (line.text or line.depth):
                yield first, index
                first = None
        if first is not None:
            yield first, len(self.lines)

    def _delimited(self, first: int, last: int, patch: bool) -> None:
        """From the topmost "-- " on whose rest is short enough; in a patch the lowest one."""
        lines = self.lines
        at: int | None = None
        below = 0
        for index in range(last - 1, first - 1, -1):
            text = lines[index].text
            if not text:
                continue
            below += 1
            if len(text) > 12:
                continue
            if closings.DELIMITER.match(text):
                if below > _LONGEST_SIGNATURE:
                    break
                at = index
                if patch:
                    break
            elif at is None and not patch and 1 < below <= 8 and closings.WEAK_DELIMITER.match(text):
                at = index
        if at is None:
            return
        for index in range(at, last):
            if self.zones[index] is _OWN:
                self.zones[index] = _SIGNATURE
        self._release_footnotes(at, last)

    def _release_footnotes(self, first: int, last: int) -> None:
        """Footnotes behind a signature are own words."""
        inside = False
        for index in range(first, last):
            text = self.lines[index].text
            if not text:
                inside = False
            elif _FOOTNOTE.match(text):
                inside = True
            if inside and self.zones[index] is _SIGNATURE:
                self.zones[index] = _OWN

    def _undelimited(self, first: int, end: int, *, signed: bool, only: bool) -> None:
        """The signature at the end of own text without "-- ", found by its sign-off or name.

        signed: a delimited signature stands below, so only a sign-off or a name may precede it.
        only: there is no own text above, so these lines cannot all be a signature.
        """
        lines = self.lines
        blocks = list(_blocks(lines, first, end))
        while blocks and _FOOTNOTE.match(lines[blocks[-1][0]].text):
            blocks.pop()
        if not blocks:
            return
        stop = blocks[-1][1]
        full = [index for index in range(first, stop) if lines[index].text and self.zones[index] is _OWN]
        if not full:
            return
        anchor = self._anchor(full, only)
        if anchor is None and not signed:
            anchor = self._ruled(full, only)
        if anchor is None:
            start = blocks[-1][0]
            if not signed and self._is_card(start, stop):
                anchor = start
            elif len(full) > 1 and self._is_lone_name(full):
                anchor = full[-1]
        if anchor is None:
            return
        for index in range(anchor, stop):
            if self.zones[index] is _OWN:
                self.zones[index] = _SIGNATURE

    def _anchor(self, full: Sequence[int], only: bool) -> int | None:
        """The topmost line of the tail that opens a signature, None where there is none."""
        lines = self.lines
        best: int | None = None
        prose = below = 0  # lines under the one looked at: sentences, and all of them
        named = False  # whether the sender's name or a way to reach them stands below
        for index in reversed(full[-_TAIL:]):
            stripped = lines[index].text.strip()
            if closings.is_sign_off(stripped):
                if below <= 3 or named or best is not None:
                    best = index
            elif not (only and index == full[0]) and self._names_sender(stripped):
                named = True
                if not prose or below <= 10:
                    best = index
            elif _is_prose(stripped):
                prose += 1
                if prose > 2 or (best is None and below == 0 and len(full) > 1 and not stripped[0] in "\"“«("):
                    break
            elif _CONTACT.search(stripped):
                named = True
            below += 1
        return best

    def _ruled(self, full: Sequence[int], only: bool) -> int | None:
        """A rule in the tail with an address or the sender's name below it."""
        lines = self.lines
        for position in range(max(int(only), len(full) - _TAIL), len(full)):
            index = full[position]
            if closings.RULE_LINE.match(lines[index].text):
                below = [lines[other].text for other in full[position + 1 :]]
                if below and any(_CONTACT.search(text) or self._names_sender(text.strip()) for text in below):
                    return index
        return None

    def _names_sender(self, text: str) -> bool:
        """Whether a short line is the sender's name, with the dash of "-glyph" or without."""
        if len(text) > 50:
            return False
        words = _words(text)
        if not words or len(words) > 5:
            return False
        if re.match(r"(?:- )?[-/~–—]{1,3}\s?[^\W\d_][\w.'’]*(?:\s[^\W\d_][\w.'’]*){0,2}\.?$", text):
            return len(words) <= 3 and (bool(words & self.names) or len(words) == 1)
        known = words & self.names
        if not known:
            initials = {name[0] for name in self.names}
            return len(text.rstrip(".")) == 1 and text[0].isalpha() and text[0].casefold() in initials
        if text[-1] in ":?;":
            return False
        rest = words - self.names
        return len(rest) <= 1 and (len(known) >= 2 or all(len(word) <= 2 for word in rest))

    def _is_card(self, start: int, stop: int) -> bool:
        """A last block in a frame, or headed by the sender's name, with an address in it."""
        texts = [self.lines[index].text for index in range(start, stop)]
        if len(texts) > 12:
            return False
        framed = sum(text.lstrip().startswith("|") for text in texts) >= 2
        block = " ".join(texts)
        if _CONTACT.search(block) is None:
            return False
        return framed or any(
            len(_words(head) & self.names) >= 2 and len(head) <= 50 and not _TRAILER.match(text)
            for text in texts[:3]
            for head in _COLUMN.split(text.strip())
        )

    def _is_lone_name(self, full: Sequence[int]) -> bool:
        """A last line of one capitalised word, or two in a block of their own: a name, mostly."""
        text = self.lines[full[-1]].text.strip()
        match = _LONE_NAME.fullmatch(text)
        if match is None or match["first"].casefold() in closings.NO_NAME:
            return False
        parted = full[-1] - full[-2] > 1 or self.lines[full[-2]].block
        if match["more"]:
            return parted
        if not parted and (_PROSE_END.search(self.lines[full[-2]].text) is None or text[-1] == "."):
            return False
        return match["first"][0].isupper() or text[0] in "-/~."


_LONE_NAME = re.compile(
    r"[-/~]{0,2}\s?\.?(?P<first>[^\W\d_][\w'’-]{0,13})(?P<more>(?:[ ,]\s?(?=[^\W\d_a-z])[^\W\d_][\w'’-]{0,13}){0,2})\.?"
)
_COLUMN = re.compile(r"\s{3,}|\s*\|\s*")
_LETTER = re.compile(r"[^\W\d_]")
_TRAILER = re.compile(r"\s*[A-Z][\w-]+-by: ")


def _is_prose(text: str) -> bool:
    """Whether a line is (part of) a sentence rather than of a signature."""
    if " | " in text or "   " in text or "\t" in text:
        return False
    if len(text) > 90:
        return True
    count = text.count(" ") + 1
    return count > 7 and _CONTACT.search(text) is None and (len(text) > 60 or _PROSE_END.search(text) is not None)


def _blocks(lines: Sequence[Line], first: int, last: int) -> Iterator[tuple[int, int]]:
    """Runs of non-empty lines of one depth: [start, stop); an HTML block stands alone."""
    start: int | None = None
    for index in range(first, last):
        line = lines[index]
        if not line.text:
            if start is not None:
                yield start, index
                start = None
            continue
        if start is not None and (line.depth != lines[index - 1].depth or lines[index - 1].block):
            yield start, index
            start = None
        if start is None:
            start = index
    if start is not None:
        yield start, last


def _words(text: str) -> set[str]:
    """Folded words of a line: "Zoë O'Brien." -> {"zoe", "o", "brien"}."""
    folded = unicodedata.normalize("NFKD", text.casefold()) if not text.isascii() else text.lower()
    return set(re.findall(r"[^\W\d_]+", "".join(c for c in folded if not unicodedata.combining(c))))


def _name_words(name: str) -> set[str]:
    words = _words(name)
    return {word for word in words if len(word) > 1} or words


# --- prefixes with names -----------------------------------------------------------------------

_PREFIXED = re.compile(r"^[ \t]{0,3}(?:[A-Za-z][\w.]{0,11}>|[|:{]\s?\S|>)", re.MULTILINE)
_LITERAL_PREFIX = re.compile(r"\s?(>(?:\s?>)*)\s")
_NAMED_PREFIX = re.compile(r"\s{0,3}([A-Za-z][\w.]{0,11})(>+)[> ]{0,20}")
_PROMPTS = frozenset("r c d sql mysql sqlite irb gdb psql ftp lldb octave matlab ghci scala node php pry".split())


def _restore_prefixes(lines: Sequence[Line]) -> list[Line]:
    """`Ann> text`, and `| text`, `: text`, `{ text` below an attribution, as depth."""
    restored = list(lines)
    if _PREFIXED.search("\n".join(line.text for line in lines)) is None:
        return restored
    matches = {i: m for i, line in enumerate(lines) if line.text and (m := _NAMED_PREFIX.match(line.text))}
    counts = Counter(m[1].casefold() for m in matches.values())
    for index, match in matches.items():
        name = match[1].casefold()
        if counts[name] >= 2 and name not in _PROMPTS:
            line = lines[index]
            restored[index] = replace(line, text=line.text[match.end() :], depth=line.depth + len(match[2]))
    for index, line in enumerate(lines):
        literal = _LITERAL_PREFIX.match(line.text) if line.text.startswith((">", " >")) else None
        if literal is not None and line.text[literal.end() :]:
            restored[index] = replace(line, text=line.text[literal.end() :], depth=line.depth + literal[1].count(">"))
    mark = _mark_below_attribution(lines)
    if mark is not None:
        for index, line in enumerate(restored):
            stripped = line.text.lstrip()
            if not line.depth and stripped.startswith(mark):
                restored[index] = replace(line, text=stripped[1:].removeprefix(" "), depth=1)
    return restored


def _mark_below_attribution(lines: Sequence[Line]) -> str | None:
    """The character that a mail program put before each quoted line, if it was none of ">"."""
    for index, line in enumerate(lines):
        if line.depth or line.text[-1:] not in (":", ",") or not attribution.ATTRIBUTION_END.search(line.text):
            continue
        for below in lines[index + 1 : index + 4]:
            stripped = below.text.lstrip()
            if stripped:
                return stripped[0] if stripped[0] in "|:{" and len(stripped) > 1 else None
    return None
