# SPDX-License-Identifier: Apache-2.0
"""Cuts SystemVerilog into tokens that know their place in the text; comments, attributes and white space are no tokens."""
import bisect
import re

_OPERATORS = ["<<<=", ">>>=", "<<<", ">>>", "===", "!==", "==?", "!=?", "<<=", ">>=", "<=", ">=", "==", "!=", "&&", "||", "<<",
              ">>", "::", "+:", "-:", "++", "--", "+=", "-=", "|=", "&=", "^=", "->", "~&", "~|", "~^", "^~", "**", "##"]
_TOKEN = re.compile(
    r"(?P<skip>\s+|//[^\n]*|/\*.*?\*/|\(\*(?!\s*\)).*?\*\)|`[A-Za-z_]\w*[^\n]*)"
    r"|(?P<str>\"(?:\\.|[^\"\\])*\")"
    r"|(?P<num>(?:\d[\d_]*)?'[sS]?[bBoOdDhH][0-9a-fA-FxXzZ?_]+|'[01xXzZ](?!\w)|\d[\d_]*)"
    r"|(?P<sys>\$[A-Za-z_]\w*)"
    r"|(?P<id>\\\S+|[A-Za-z_][\w$]*)"
    r"|(?P<op>" + "|".join(map(re.escape, _OPERATORS)) + r"|[^\s\w])", re.S)


class Token:
    __slots__ = ("kind", "text", "start", "end")

    def __init__(self, kind, text, start, end):
        self.kind, self.text, self.start, self.end = kind, text, start, end

    def __repr__(self):
        return f"{self.kind}:{self.text}"


class SourceError(Exception):
    """RTL that this reader of SystemVerilog does not understand; the text names file and line."""


class Source:
    """One file: its text, its tokens, and for every bracket the index of its partner."""

    def __init__(self, name, text):
        self.name, self.text, self.tokens = name, text, []
        at = 0
        while at < len(text):
            m = _TOKEN.match(text, at)
            if not m:
                raise SourceError(f"{name}:{text.count(chr(10), 0, at) + 1}: cannot read {text[at]!r}")
            if m.lastgroup != "skip":
                self.tokens.append(Token(m.lastgroup, m[0], m.start(), m.end()))
            at = m.end()
        self._lines = [0] + [m.end() for m in re.finditer("\n", text)]
        self.partner = {}
        stack = []
        for i, t in enumerate(self.tokens):
            if t.kind == "op" and t.text in "([{":
                stack.append(i)
            elif t.kind == "op" and t.text in ")]}":
                if not stack or "([{".index(self.tokens[stack[-1]].text) != ")]}".index(t.text):
                    raise SourceError(f"{name}:{self.line(t.start)}: unmatched {t.text}")
                self.partner[i] = stack[-1]
                self.partner[stack.pop()] = i
        if stack:
            raise SourceError(f"{name}:{self.line(self.tokens[stack[-1]].start)}: unmatched {self.tokens[stack[-1]].text}")

    def line(self, offset):
        return bisect.bisect_right(self._lines, offset)

    def span(self, first, last):
        """Text from token `first` up to, not including, token `last`."""
        return self.text[self.tokens[first].start:self.tokens[last - 1].end]


def squeeze(text):
    """The text on one line, without comments."""
    return " ".join(re.sub(r"//[^\n]*|/\*.*?\*/", " ", text, flags=re.S).split())
