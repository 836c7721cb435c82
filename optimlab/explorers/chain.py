"""How a change travels: a graph with live numbers in it, and how exact a numerical slope is."""

import numpy as np
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from optimlab import checks
from optimlab.asis import in_figure
from optimlab.draw import figures, style
from optimlab.draw.live import LivePlot
from optimlab.explorers.base import Explorer
from optimlab.explorers.controls import nearest, number, slider
from optimlab.explorers.scenes import around, name_looks, to_draw
from optimlab.explorers.targets import goal
from optimlab.functions import numerical_gradient
from optimlab.study.network import Graph
from optimlab.words import short

FORWARD, BACKWARD = style.PALETTE[0], style.PALETTE[1]
#: size of a box and how far an arrow lies from the middle of its edge, in columns and rows
WIDE, HIGH, APART = 0.285, 0.30, 0.05


def pretty(name):
    """A name as it is written: w1 becomes w₁."""
    return name.translate(figures.SUBSCRIPTS)


class GraphExplorer(Explorer):
    """A computational graph with its numbers: values forward, derivatives backward.

    Play it or step through it: first every node gets its number, then every arrow is walked back,
    its local derivative times what has come in so far. Below the graph is the output as a function
    of the first slider, with the line whose slope is that slider's backward number.

    Parameters
    ----------
    graph : optimlab.study.network.Graph
    sliders : dict, name of an input -> (low, high, step); the first is the slider in hand
    target : ("slope", number) or ("output", number), optional
        A slope by the first slider, or an output at most that large.
    """

    SCENE = ("inputs",)

    def __init__(self, graph, sliders, *, target=None):
        super().__init__()
        self.graph = graph = checks.instance("graph", graph, Graph, "a network.Graph")
        self.target = None if target is None else _checked_target(target)
        accepted = "a dict from inputs of the graph to (low, high, step)"
        checks.instance("sliders", sliders, dict, accepted)
        if not sliders or not set(sliders) <= set(graph.inputs):
            checks.wrong_value("sliders", sliders, f"{accepted}: {', '.join(graph.inputs)}")
        self.hand = next(iter(sliders))
        controls = {}
        for name, span in sliders.items():
            low, high, step = _checked_span(f"sliders[{name!r}]", span)
            value = float(graph.inputs[name])
            if name == self.hand:
                self.range = low, high
                count = round((high - low) / step)
                values = [round(low + k * step, 10) + 0.0 for k in range(count + 1)]
                controls[name] = slider(pretty(name), values, nearest(values, value))
            else:
                controls[name] = number(pretty(name), value, low, high, step)
        self.places = _places(graph)
        self.assemble(self._scene(), controls)

    # -- the scene, drawn once -----------------------------------------------------------------

    def _scene(self):
        columns = 1 + max(x for x, _ in self.places.values())
        rows = 1 + max(y for _, y in self.places.values()) - min(y for _, y in self.places.values())
        tall = 84 * rows + 46
        figure, (ax, curve) = figures.panel(720, tall + 190, rows=2, height_ratios=[tall, 190])
        self._curve = curve
        self._draw_graph(ax, columns, rows)
        values = self.graph.forward(**{self.hand: np.linspace(*self.range, 201)})
        out = values[self.graph.output]
        curve.set(
            xlabel=pretty(self.hand), ylabel=pretty(self.graph.output), xlim=self.range,
            ylim=around(out, 0.12),
        )  # fmt: skip
        plot = LivePlot(figure, alt=self._alt(), playback=True)
        middle = {"anchor": "middle", "baseline": "center", "offset": [0, 0], "size": 14}
        step = {"by_step": True}
        for slot in range(max(len(node.inputs) for node in self.graph.nodes)):
            plot.add("arrow", f"forward arrows {slot}", ax, color=FORWARD, width=2, **step)
        plot.add("arrow", "backward arrows", ax, color=BACKWARD, width=2, **step)
        plot.add("label", "inputs", ax, color=FORWARD, **middle)
        plot.add("label", "values", ax, color=FORWARD, **middle, **step)
        plot.add("label", "slopes", ax, color=BACKWARD, **middle, **step)
        plot.add("label", "locals", ax, color=style.INK, **(middle | {"size": 12}), **step)
        plot.add("line", "curve", curve, color=style.INK, width=2)
        plot.add("line", "tangent", curve, color=BACKWARD, width=3)
        plot.add("points", "here", curve, color=FORWARD, size=10)
        plot.add("label", "slope", curve, color=BACKWARD, **middle)
        return plot

    def _draw_graph(self, ax, columns, rows):
        low = min(y for _, y in self.places.values())
        ax.set(xlim=(-0.5, columns - 0.5), ylim=(low - 0.62, low + rows - 0.3))
        ax.axis("off")
        formulas = {node.name: node.formula for node in self.graph.nodes}
        for name, (x, y) in self.places.items():
            known = name in formulas
            ax.add_patch(
                FancyBboxPatch(
                    (x - WIDE, y - HIGH), 2 * WIDE, 2 * HIGH,
                    boxstyle="round,pad=0,rounding_size=0.06", zorder=2, linewidth=1.2,
                    facecolor="white" if known else "#f3f5f8", edgecolor=style.MUTED,
                )
            )  # fmt: skip
            caption = f"{pretty(name)} = {formulas[name]}" if known else pretty(name)
            caption = in_figure(caption)
            ax.text(x, y + HIGH + 0.06, caption, ha="center", va="bottom", fontsize=9.5, zorder=3)
        for edge in self.graph.edges(self.graph.forward()):
            ax.add_patch(
                FancyArrowPatch(
                    *self._ends(edge), arrowstyle="-", color="#c4c9d1", linewidth=1, zorder=1,
                    shrinkA=0, shrinkB=0,
                )
            )  # fmt: skip
        out = pretty(self.graph.output)
        for at, text, color in (
            (0.0, "upper: its number", FORWARD),
            (0.24, f"lower: derivative of {out} with respect to it", BACKWARD),
            (0.73, "×: local derivative", style.INK),
        ):
            ax.text(
                at, 0, text, transform=ax.transAxes, color=color, fontsize=9.5, va="bottom",
            )  # fmt: skip

    def _alt(self):
        out = self.graph.output
        return (
            f"A graph of {pretty(out)} from {', '.join(map(pretty, self.graph.inputs))}, "
            f"with the number and the derivative at every node, above {pretty(out)} as a function "
            f"of {pretty(self.hand)}."
        )

    def _ends(self, edge, shift=0.0):
        """Both ends of an edge between two boxes, moved sideways by `shift` rows."""
        (x0, y0), (x1, y1) = self.places[edge.source], self.places[edge.target]
        reach = 0.5 * HIGH * np.sign(y0 - y1)  # edges from above and below meet the box apart
        return (x0 + WIDE, y0 + shift), (x1 - WIDE, y1 + reach + shift)

    # -- what moves ----------------------------------------------------------------------------

    def numbers(self, values):
        """Values, derivatives and edges of the graph for many `values` of the slider in hand."""
        given = {name: float(self[name]) for name in self.controls if name != self.hand}
        forward = self.graph.forward(**given, **{self.hand: np.asarray(values, dtype=float)})
        return forward, self.graph.backward(forward), self.graph.edges(forward)

    def frames(self, values):
        low, high = self.range
        around = np.linspace(low, high, 121)
        both = np.concatenate([np.asarray(values, dtype=float), around])
        forward, slopes, edges = self.numbers(both)
        forward, slopes = _columns(forward, len(both)), _columns(slopes, len(both))
        edges = [e._replace(local=np.broadcast_to(e.local, len(both))) for e in edges]
        curve = np.stack([around, forward[self.graph.output][len(values) :]], axis=-1)
        return [
            self._frame(
                {name: column[i] for name, column in forward.items()},
                {name: column[i] for name, column in slopes.items()},
                [edge._replace(local=edge.local[i]) for edge in edges],
                curve,
            )
            for i in range(len(values))
        ]

    def _frame(self, values, slopes, edges, curve):
        """Row k of a mark that goes by step is what step k adds."""
        nodes, output = self.graph.nodes, self.graph.output
        inputs = list(self.graph.inputs)
        frame = {
            "inputs": ([self._spot(name, 1) for name in inputs], [short(values[n]) for n in inputs])
        }
        steps = 2 + len(nodes) + len(edges)
        shown = {name: [""] * steps for name in ("values", "slopes", "locals")}
        at = {name: np.full((steps, 2), np.nan) for name in shown}
        slots = max(len(node.inputs) for node in nodes)
        arrows = {f"forward arrows {slot}": np.full((steps, 4), np.nan) for slot in range(slots)}
        arrows["backward arrows"] = np.full((steps, 4), np.nan)
        for k, node in enumerate(nodes, start=1):
            shown["values"][k], at["values"][k] = short(values[node.name]), self._spot(node.name, 1)
            own = [edge for edge in edges if edge.target == node.name]
            for slot, edge in enumerate(own):
                arrows[f"forward arrows {slot}"][k] = np.ravel(self._ends(edge, APART))
        k = len(nodes) + 1
        shown["slopes"][k], at["slopes"][k] = "1", self._spot(output, -1)
        for i in reversed(range(len(edges))):
            k, edge = k + 1, edges[i]
            start, end = self._ends(edge, -APART)
            arrows["backward arrows"][k] = [*end, *start]
            (x0, y0), (x1, y1) = start, end
            slant = np.sign(y0 - y1)  # beside an arrow that is not level, else above it
            at["locals"][k] = (
                (x0 + x1) / 2 + 0.22 * abs(slant),
                (y0 + y1) / 2 + (0.12 * slant or 0.22),
            )
            shown["locals"][k] = f"× {_brief(edge.local)}"
            if all(other.source != edge.source for other in edges[:i]):  # nothing more to add
                shown["slopes"][k] = short(slopes[edge.source])
                at["slopes"][k] = self._spot(edge.source, -1)
        frame |= arrows | {name: (at[name], shown[name]) for name in shown}
        x, y, slope = values[self.hand], values[output], slopes[self.hand]
        frame |= {"curve": curve, "here": [(x, y)], "tangent": self._tangent(x, y, slope)}
        (left, right), (low, high) = self._curve.get_xlim(), self._curve.get_ylim()
        top = ((left + right) / 2, high - 0.08 * (high - low))
        frame["slope"] = ([top], [f"slope at the dot: {short(slope)}"])
        hand, out = pretty(self.hand), pretty(output)
        frame["summary"] = (
            f"At {hand} = {short(x)}, {out} is {short(y)} and the derivative of {out} with respect "
            f"to {hand} is "
            f"{short(slope)}: {hand} changed by 0.01 changes {out} by about {short(0.01 * slope)}."
        )
        if self.target:
            frame |= self._goal(y, slope)
        return frame

    def _spot(self, name, which):
        """Where a box has its number (1, upper line) or its derivative (-1, lower line)."""
        x, y = self.places[name]
        return x, y + which * 0.5 * HIGH

    def _tangent(self, x, y, slope):
        """A piece of the tangent of the same length whatever its slope."""
        (left, right), (low, high) = self._curve.get_xlim(), self._curve.get_ylim()
        steep = slope * (right - left) / (high - low) * 0.25  # the panel is four times as wide
        dx = 0.12 * (right - left) / np.sqrt(1 + steep * steep)
        return [(x - dx, y - slope * dx), (x + dx, y + slope * dx)]

    def _goal(self, output, slope):
        what, wanted = self.target
        out, hand = pretty(self.graph.output), pretty(self.hand)
        if what == "slope":
            done, now = abs(slope - wanted) < 1e-6 * max(1, abs(wanted)), slope
            text = f"the derivative of {out} with respect to {hand} is {short(wanted)}"
        else:
            done, now = output <= wanted, output
            text = f"{out} at most {short(wanted)}"
        said = f": it is {short(now)}"
        return goal(text, done, said, said)


def _checked_span(name, span):
    """(low, high, step) of a slider."""
    low, high, step = checks.row(name, span, least=3)[:3].tolist()
    return *checks.limits(name, (low, high)), checks.positive(name, step)


def _checked_target(target):
    accepted = '("slope", number) or ("output", number)'
    if not isinstance(target, tuple | list):
        checks.wrong_kind("target", target, accepted)
    if len(target) != 2:
        checks.wrong_value("target", target, accepted)
    what, wanted = target
    return checks.one_of("target", what, ("slope", "output")), checks.number("target", wanted)


def _brief(number):
    """A number beside an arrow, where a long one would run into the boxes."""
    text = short(number)
    if len(text) > 7:
        text = f"{number:.0e}".replace("e-0", "e-").replace("e+0", "e+")
    return text


def _columns(numbers, count):
    return {name: np.broadcast_to(value, count) for name, value in numbers.items()}


def _places(graph):
    """name -> (column, row) of its box: inputs before the node that takes them, output in row 0."""
    columns, rows = {}, {graph.output: 0.0}
    for node in graph.nodes:
        columns[node.name] = 1 + max((columns.get(name, 0) for name in node.inputs), default=0)
    for node in reversed(graph.nodes):
        for i, name in enumerate(node.inputs):
            columns.setdefault(name, columns[node.name] - 1)
            rows.setdefault(name, rows[node.name] + (len(node.inputs) - 1) / 2 - i)
    return {name: (columns[name], rows[name]) for name in columns}


class ErrorExplorer(Explorer):
    """How far a numerical slope is off, against h, for the forward and the central difference.

    The curves are the typical error (root mean square) at 201 points within 0.5 of `x`. Beside them
    stands what the computer subtracts at `x` itself, to its last digit.

    Parameters
    ----------
    function : Function of one variable, or its name
    x : float, where the slope is taken
    h : float, at first
    """

    def __init__(self, function, x=1.0, *, h=1e-2):
        super().__init__()
        self.function, _ = to_draw(function, dim=1)
        self.x, h = checks.number("x", x), checks.positive("h", h)
        sizes = [float(f"{m}e{e}") for e in range(-15, 0) for m in (1, 2, 5)] + [1.0]
        self.sizes = np.array(sizes)
        self.errors = self._errors(self.sizes)
        self._curves = {
            f"errors {method}": np.stack([self.sizes, error], axis=-1)
            for method, error in self.errors.items()
        }
        self.assemble(self._scene(), {"h": slider("h", sizes, nearest(sizes, h))})

    def _errors(self, h):
        """{"forward": typical errors, "central": typical errors}, one for each h."""
        points = self.x + np.linspace(-0.5, 0.5, 201)
        exact = self.function.gradient(points)
        errors = {}
        for method in ("forward", "central"):
            slopes = numerical_gradient(self.function, points, h[:, None], method)
            errors[method] = np.sqrt(np.mean((slopes - exact) ** 2, axis=-1))
        return errors

    # -- the scene, drawn once -----------------------------------------------------------------

    def _scene(self):
        curves, ax = figures.panel(312, 340)  # both side by side in a window of 900 pixels
        looks = {
            "forward": {"color": FORWARD, "dash": (7, 3)},
            "central": {"color": BACKWARD, "dash": ()},
        }
        name_looks(ax, looks, markers=False)
        ax.set(xscale="log", yscale="log", xlabel="h", ylabel="typical error of the slope")
        ax.set(xlim=(6e-16, 1.8), ylim=(3e-17, 1e2))
        ax.set_title(figures.formula(self.function, "f(x) = "), fontsize=11)
        ax.legend(loc="upper center")
        digits, table = figures.panel(392, 340)
        table.axis("off")
        table.set(xlim=(0, 1), ylim=(0, 1))
        table.set_title(f"at x = {short(self.x, 6)}", fontsize=11)
        for text, y in ROWS.items():
            table.text(0.0, y, text, fontsize=9.5, va="center")
        for left, method, color in ((0.23, "forward", FORWARD), (0.61, "central", BACKWARD)):
            table.text(left, 0.95, method, fontsize=10.5, color=color, va="center", weight="bold")
        plot = LivePlot([curves, digits], alt=self._alt())
        for method, look in looks.items():
            plot.add("line", f"errors {method}", ax, **look)
        plot.add("line", "h", ax, color=style.MUTED, width=1.5, dash=(3, 3))
        plot.add("points", "forward", ax, color=FORWARD, size=11)
        plot.add("points", "central", ax, color=BACKWARD, size=11, marker="s")
        line = {"size": 11.5, "offset": [0, 0], "baseline": "center", "color": style.INK}
        plot.add("label", "digits", table, **line)
        return plot

    def _alt(self):
        return (
            f"The error of the forward and of the central difference against h, on log axes, for "
            f"{self.function.latex}, beside the numbers that are subtracted."
        )

    # -- what moves ----------------------------------------------------------------------------

    def frames(self, sizes):
        sizes = np.asarray(sizes, dtype=float)
        errors = self._errors(sizes)
        return [
            self._frame(h, {method: error[i] for method, error in errors.items()})
            for i, h in enumerate(sizes.tolist())
        ]

    def _frame(self, h, errors):
        x, f = self.x, self.function
        exact = f.gradient(x)
        ahead = f(x + h)
        points, texts = [], []
        for left, behind, over, by in (
            (0.23, f(x), h, f"h = {short(h, 6)}"),
            (0.61, f(x - h), 2 * h, f"2h = {short(2 * h, 6)}"),
        ):
            slope = (ahead - behind) / over
            rows = [_full(ahead), _full(behind), short(ahead - behind, 10), by, short(slope, 12)]
            rows += [short(exact, 6), short(abs(slope - exact), 2)]
            points += [(left, y) for y in ROWS.values()]
            texts += rows
        forward, central = errors["forward"], errors["central"]
        return self._curves | {
            "h": [(h, 3e-17), (h, 1e2)],
            "forward": [(h, forward)],
            "central": [(h, central)],
            "digits": (points, texts),
            "summary": (
                f"With h = {short(h, 6)} the forward difference is typically off by "
                f"{short(forward, 2)} and the central one by {short(central, 2)}."
            ),
        }


#: the lines of numbers in the picture, and how high each stands
ROWS = {
    "f(x + h)": 0.84, "f(x), f(x − h)": 0.74, "difference": 0.62, "divided by": 0.52,
    "slope": 0.40, "exact slope": 0.30, "off by": 0.18,
}  # fmt: skip


def _full(number):
    """Every digit the computer has."""
    return f"{number:.16f}"
