"""Whether a lesson's pictures show what the stored ones show.

nbval compares no pictures: it runs the cells, and conftest.py then asks this. The tolerance: of
10,000 pixels one may be off by more than OFF of 255 shades, which leaves room for a letter's
edge that another machine draws otherwise, and none for another curve, label or colour.

A cell with the tag "rounding" shows runs that hang on the last digits of matrix products or of a
long descent beside a cliff, and so on the processor. Its pictures may have marks at other places,
but have to be as large as stored, and as full: neither empty nor with a panel missing.
"""

import base64
import io
import re

import numpy as np
from PIL import Image

OFF, SHARE = 40, 1e-4
#: for pictures that hang on rounding: by which factor their sides and what is drawn may differ
SIDES, INK = 1.1, 1.5
INSIDE = re.compile(r"data:image/png;base64,([A-Za-z0-9+/=]+)")


def of(outputs):
    """The pictures of a cell's outputs, in order, those in blocks of Markdown among them."""
    found = []
    for data in (output.get("data", {}) for output in outputs):
        if "image/png" in data:
            found.append(data["image/png"])
        found += INSIDE.findall("".join(data.get("text/markdown", "")))
    return found


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB"), dtype=int)


def difference(stored, drawn):
    """What makes two pictures unlike, or ""."""
    if "".join(stored.split()) == "".join(drawn.split()):
        return ""
    one, other = pixels(stored), pixels(drawn)
    if one.shape != other.shape:
        return f"its height and width are {other.shape[:2]}, not {one.shape[:2]}"
    off = (abs(one - other) > OFF).any(axis=-1)
    if off.mean() <= SHARE:
        return ""
    rows, columns = np.nonzero(off)
    box = f"{columns.min()}..{columns.max()} across, {rows.min()}..{rows.max()} down"
    return f"{off.sum()} of {off.size} pixels are others, {box}"


def unlike(stored, drawn):
    """What makes two pictures that hang on rounding unlike, or ""."""
    one, other = pixels(stored), pixels(drawn)
    for what, values, most in (
        ("height", (len(one), len(other)), SIDES),
        ("width", (len(one[0]), len(other[0])), SIDES),
        ("share of ink", [(p < 255 - OFF).any(axis=-1).mean() for p in (one, other)], INK),
    ):
        if max(values) > most * min(values):
            return f"its {what} is {values[1]:.3g}, not {values[0]:.3g}"
    return ""


def problems(stored, drawn, tags=()):
    """A sentence for each picture of a cell with these tags that is not what is stored."""
    before, now = of(stored), of(drawn)
    if len(before) != len(now):
        return [f"{len(now)} pictures are drawn, and {len(before)} stored"]
    compare = unlike if "rounding" in tags else difference
    pairs = enumerate(map(compare, before, now), start=1)
    return [f"picture {i} is not the stored one: {words}" for i, words in pairs if words]
