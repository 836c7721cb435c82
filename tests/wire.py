"""What a live plot sent, read back as the browser reads it. For the tests of every explorer."""

import re
from base64 import b64decode
from html import unescape

import numpy as np


def sent(plot, mark, packed=None, frame=0):
    """The fractions of a mark, from its place in the buffer."""
    packed = packed or plot.data
    values = np.frombuffer(packed["buffer"], np.float32)
    offset, rows, columns = packed["list"][frame]["marks"][mark]
    return values[offset : offset + rows * columns].reshape(rows, columns)


def shown(explorer, mark, packed=None, frame=0):
    """A mark in data coordinates."""
    fractions = sent(explorer.plot, mark, packed, frame).astype(float)
    spec = next(m for m in explorer.plot.marks if m["name"] == mark)
    axes = explorer.plot.axes[spec["axes"]]
    out = np.empty_like(fractions)
    for i in range(fractions.shape[1]):
        low, high = axes["ylim" if i % 2 else "xlim"]
        if axes["yscale" if i % 2 else "xscale"] == "log":
            out[:, i] = low * (high / low) ** fractions[:, i]
        else:
            out[:, i] = low + fractions[:, i] * (high - low)
    return out


def doubles(packed, place):
    """The numbers, (rows, columns), that are said and not drawn: each is two float32."""
    first, rows, width = place
    own = packed["buffer"][4 * first : 4 * (first + rows * width)]
    return np.frombuffer(own, np.float64).reshape(rows, width // 2)


def corners(pixels):
    """Of the points of a line, (n, 2), those that `linePath` of geometry.js draws."""
    kept = [pixels[0]]
    for point in pixels[1:]:
        if np.hypot(*(point - kept[-1])) >= 0.5:
            kept.append(point)
    return np.array(kept if (kept[-1] == pixels[-1]).all() else [*kept, pixels[-1]])


def inspected(explorer, step=None, packed=None, frame=0):
    """The formula's lines at a step as plain text, as formula.js writes them; [] for none."""
    packed = packed or explorer.plot.data
    own = packed["list"][frame].get("formula")
    if own is None:
        return []
    table = doubles(packed, own["numbers"])
    to = max(1, len(table) - 1 if step is None else step)
    if own["lost"] and to >= own["lost"][0]:
        return [own["lost"][1]]

    def number(slot):
        """What stands at a place of the formula."""
        found = dict(re.findall(r'data-(\w+)(?:="(\d+)")?', slot[1]))
        if "step" in found:
            return str(to - 1 + int(found["step"]))
        at, n = int(found["at"]), int(found["n"])
        texts = [four_digits(v) for v in table[to - ("before" in found), at : at + n]]
        bracket = n > 1 or "inner" in found and texts[0].startswith("−")
        return f"({', '.join(texts)})" if bracket else texts[0]

    html = re.sub(r"<(?:mtext|span) ([^>]*data-step[^>]*|[^>]*data-n[^>]*)></(?:mtext|span)>",
                  lambda slot: "" if "gauge" in slot[1] else number(slot), packed["html"])
    lines = re.split("</p>|</div>", html)[:-1]
    return [unescape(re.sub("<[^>]*>", "", line)) for line in lines]


def four_digits(value):
    """`written` of formula.js."""
    if not np.isfinite(value):
        return "not a number" if np.isnan(value) else "too large"
    mantissa, power = f"{abs(value):.3e}".split("e")
    sign = "−" if value < 0 else ""
    if -4 <= int(power) < 4:
        return sign + f"{float(mantissa + 'e' + power):.10g}"
    raised = power.lstrip("+").replace("-0", "-").lstrip("0")
    raised = raised.translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{sign}{float(mantissa):g}×10{raised}"


#: the frames of `data.cases`, each [the plot's program, marks and axes, values of controls, start]
FRAMES = """
  import "./naming.js";
  import { Runs } from "./paths.js";
  const all = data.map(({ program, marks, axes, settings }) => {
    const runs = new Runs(program, marks, axes);
    return settings.map(([values, start]) => {
      const [frame, numbers] = runs.at(values, start);
      return [frame, Buffer.from(numbers.buffer).toString("base64")];
    });
  });
  console.log(JSON.stringify(all));
"""


def by_page(run, cases):
    """What pages make of plots by themselves: `cases` are (explorer, [(values, start), ...]).

    For each case the frames as Python packs them: a dict with list and buffer for every settings.
    """
    data = []
    for explorer, settings in cases:
        plot = explorer.plot
        axes = []
        for spec in plot.axes:
            panel, (x, y, w, h) = plot.panels[spec["panel"]], spec["rect"]
            wide, high = panel["width"], panel["height"]
            box = {"x": x * wide, "y": y * high, "w": w * wide, "h": h * high}
            axes.append(spec | {"box": box})
        data.append({"program": plot.program, "marks": plot.marks, "axes": axes,
                     "settings": settings})  # fmt: skip
    return [
        [{"list": [frame], "buffer": b64decode(numbers)} for frame, numbers in frames]
        for frames in run(FRAMES, data)
    ]


def ahead(run, explorer):
    """The frames that the page makes for all positions of the slider in hand, as one message."""
    _, *others, handles = explorer.settings()
    settings = [([k, *others], handles["start"]) for k in range(len(explorer._values()))]
    packed = {"list": [], "buffer": b""}
    for one in by_page(run, [(explorer, settings)])[0]:
        shift = len(packed["buffer"]) // 4
        (frame,) = one["list"]
        places = {name: [at + shift, *shape] for name, (at, *shape) in frame["marks"].items()}
        at, *shape = frame["values"]
        packed["list"].append(frame | {"marks": places, "values": [at + shift, *shape]})
        packed["buffer"] += one["buffer"]
    return packed


#: the bands of `data`: of a program where the controls are, or as Python sends them
BANDS = """
  import { bandFound, bandOf } from "./band.js";
  import { Runs } from "./paths.js";
  console.log(JSON.stringify(data.map(({ program, values, start, sent }) => {
    if (!program) return sent && bandOf(sent, sent.rows, sent.steps);
    const work = bandFound(new Runs(program, [], []), values, start, program.band);
    for (;;) {
      const { done, value } = work.next();
      if (done) return value;
    }
  })));
"""


def bands(run, *explorers):
    """What the bands of explorers show, made by the page or sent by Python; None without one."""
    data = []
    for explorer in explorers:
        plot, (first, *values, handles) = explorer.plot, explorer.settings()
        if plot.program.get("band"):
            made = {"program": plot.program, "values": [first, *values], "start": handles["start"]}
        else:
            made = {"sent": plot.frames.get("band")}
        data.append(made)
    return run(BANDS, data)
