"""Card: text, choices, a number, words and buttons, in one small widget that keys operate."""

import html
import re
from pathlib import Path

import anywidget
import traitlets

from optimlab.asis import in_html, in_markdown, legible
from optimlab.draw.live.late import Late
from optimlab.draw.live.live import with_view
from optimlab.draw.live.modules import front_end, loader

HERE = Path(__file__).parent


def rich(text, marks="`*"):
    """Text as HTML; `code` and *stressed* words are marked as in Markdown, as far as in `marks`.

    Where a learner's own words are in it, stars are what was written, and no marks.

    >>> rich("so `x < 1` is *not* enough")
    'so <code>x &lt; 1</code> is <em>not</em> enough'
    """
    text = in_html(text).replace("\n", "<br>")
    pieces = re.split(r"`([^`]+)`", text) if "`" in marks else [text]
    for i, piece in enumerate(pieces):
        if i % 2:
            pieces[i] = f"<code>{piece}</code>"
        elif "*" in marks:
            pieces[i] = re.sub(r"(?<!\w)\*(\S(?:[^*]*\S)?)\*(?!\w)", r"<em>\1</em>", piece)
    return "".join(pieces)


def marked(text, marks="`*"):
    """The same text as Markdown.

    >>> print(marked("`x**2` is wrong in y *2* 3", "`"))
    `x**2` is wrong in y &#42;2&#42; 3
    """
    if "*" in marks:
        return str(text)  # a teacher's
    pieces = re.split(r"(`[^`]+`)", legible(text))
    return "".join(piece if i % 2 else in_markdown(piece) for i, piece in enumerate(pieces))


def text(words, tone="plain", name=None, marks="`*"):
    """A paragraph. `tone` is plain, good, bad or open; all but plain are read aloud."""
    part = {"kind": "text", "html": rich(words, marks), "tone": tone}
    return part | ({"name": name} if name else {})


def trouble(store):
    """The paragraph about a progress file, which names it as it is called."""
    return text(store.trouble, "bad", "trouble", marks="")


def code(words, source, name=None):
    """A paragraph with lines of code under it, read aloud."""
    part = text(words, "open", name)
    return part | {"html": f"{part['html']}<pre>{in_html(source)}</pre>"}


def buttons(*items):
    """A row of buttons, each (name, label), or (name, label, look) with look primary or off."""
    return {
        "kind": "buttons",
        "items": [
            {"name": name, "label": label} | {look: True for look in looks if look}
            for name, label, *looks in items
        ],
    }


class Card(Late, anywidget.AnyWidget):
    """A small form drawn from `parts`; `react(name, value)` hears what the learner does.

    `label` is what a screen reader calls it.

    Parameters
    ----------
    react : callable, gets the name of a field or a button, and its value (None for a button)
    plain : callable, gives the text that stands for the card where it is not alive

    An exception in `react` appears at the end of the card.
    """

    _esm = loader(front_end(HERE / "card.js"))
    _code = traitlets.Unicode(front_end(HERE / "card.js")).tag(sync=True)
    _css = (HERE / "card.css").read_text("utf-8")  # a Path would keep every card alive

    parts = traitlets.List().tag(sync=True)
    label = traitlets.Unicode("").tag(sync=True)

    def __init__(self, react, plain, **traits):
        super().__init__(**traits)
        self._react, self._plain = react, plain
        self.on_msg(self._hear)

    def _hear(self, _widget, content, _buffers):
        self.act(**content)
        self.send("done")  # so that the browser need not say that Python is busy

    def act(self, name, value=None):
        """Do what the learner does: press the button `name`, or give the field `name` a value."""
        try:
            self._react(name, value)
        except Exception as error:
            words = f"This did not work. {type(error).__name__}: {error}"
            self.parts = [*self.parts, text(words, "bad", "error", marks="")]

    def said(self):
        """All text of the card, without its marks: for tests, and for readers of its state."""
        lines = [part["html"] for part in self.parts if part["kind"] == "text"]
        lines = "\n".join(lines).replace("<br>", "\n")
        return html.unescape(re.sub(r"<[^>]+>", "", re.sub(r"</t[dh]>|<tr>", " ", lines)))

    def bundle(self, **_):
        words = self._plain()
        return with_view({"text/plain": _bare(words), "text/markdown": words}, self.model_id)


def _bare(words):
    """Markdown as plain text, as far as the lessons use it."""
    return html.unescape(re.sub(r"[*`]|</?span>", "", words))
