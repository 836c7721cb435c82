"""The front end without a page: its types, its joined text, its tables, its geometry."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from colours import contrast
from matplotlib.figure import Figure
from node import LIVE, NODE
from wire import four_digits

import optimlab
from optimlab import explore
from optimlab.draw.live import export
from optimlab.draw.live.live import PARTS
from optimlab.draw.live.marks import KINDS, LOOKS, MARKERS, REACH, fractions
from optimlab.draw.live.modules import front_end, loader
from optimlab.words import short

ROOT = Path(__file__).parents[1]
PACKAGE = Path(optimlab.__file__).parent
CARD = PACKAGE / "lessons" / "card.js"
WIDGETS = [LIVE / "view.js", CARD]


# --- types -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tsc():
    """TypeScript's checker; without one its tests are skipped, or in CI fail."""
    program = shutil.which("tsc")
    if program is None:
        reason = "no tsc on PATH (apt-get install node-typescript, or npm install -g typescript)"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)

    def check(project):
        command = [program, "--pretty", "false", "--project", "."]
        done = subprocess.run(command, cwd=project, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    return check


def test_the_types_of_the_front_end_hold(tsc):
    assert tsc(ROOT) == (0, "")


def test_every_file_of_the_front_end_is_checked(tsc, tmp_path):
    shutil.copy(ROOT / "tsconfig.json", tmp_path)
    files = [path.relative_to(PACKAGE.parent) for path in PACKAGE.rglob("*.js")]
    assert len(files) >= len(WIDGETS)
    for file in files:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        wrong = "\n/** @param {number} n */\nexport const wrong = (n) => n.toFixed(unknown);\n"
        text = (PACKAGE.parent / file).read_text("utf-8") + wrong
        (tmp_path / file).write_text(text, "utf-8")
    code, said = tsc(tmp_path)
    assert code != 0
    faults = {line.split("(")[0] for line in said.splitlines() if "'unknown'" in line}
    assert faults == {file.as_posix() for file in files}


# --- looks -----------------------------------------------------------------------------------


#: what is set for one element: how wide it is, the colour of its rule
ONE_ELEMENT = {"--ol-most", "--ol-room", "--ol-rule"}
#: a colour with what it is in the dark, if need be instead of that of the page
TOKEN = re.compile(r"(--ol-[a-z]+): light-dark\((#\w+), (?:var\([^,]*, )?(#\w+)\)")


@pytest.mark.parametrize("sheet", [LIVE / "live.css", PACKAGE / "lessons" / "card.css"])
@pytest.mark.parametrize("dark", [False, True])
def test_words_are_read_on_every_ground_in_both_themes(sheet, dark):
    text = sheet.read_text("utf-8")
    named = {name: pair[dark] for name, *pair in TOKEN.findall(text)}
    assert set(re.findall(r"var\((--ol-\w+)", text)) - set(named) <= ONE_ELEMENT
    grounds = [named[name] for name in ("--ol-face", "--ol-over", "--ol-ground") if name in named]
    grounds += [pair[dark] for pair in re.findall(r"ground: light-dark\((#\w+), (#\w+)", text)]
    assert len(grounds) > 2
    for ground in grounds:
        assert contrast(named["--ol-ink"], ground) >= 4.5
        assert contrast(named["--ol-focus"], ground) >= 3, "what is no word"
        assert contrast("#fff", ground) < 1.4 or dark


def test_both_sheets_name_their_colours_alike():
    live, card = (
        dict((name, pair) for name, *pair in TOKEN.findall(sheet.read_text("utf-8")))
        for sheet in (LIVE / "live.css", PACKAGE / "lessons" / "card.css")
    )
    common = set(live) & set(card)
    assert len(common) >= 4 and all(live[name] == card[name] for name in common)


# --- one text --------------------------------------------------------------------------------


@pytest.mark.parametrize("path", WIDGETS, ids=lambda path: path.stem)
def test_the_joined_text_is_one_module_that_gives_a_widget(run, path):
    text = front_end(path, *(LIVE / f"{part}.js" for part in PARTS if path.parent == LIVE))
    lines = [line for line in text.splitlines() if line.startswith(("import", "export"))]
    assert len(lines) == 1 and lines[0].startswith("export default widget(")
    code = f"""
      const text = {json.dumps(text)};
      const module = await import("data:text/javascript," + encodeURIComponent(text));
      console.log(JSON.stringify([Object.keys(module), typeof module.default.render]));
    """
    assert run(code) == [["default"], "function"]


def test_what_is_imported_comes_first_and_once(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "one.js").write_text("export const one = 1;\n")
    (tmp_path / "two.js").write_text(
        'import { one } from "./deep/one.js";\n\nexport function two() {\n  return one + 1;\n}\n'
    )
    (tmp_path / "main.js").write_text(
        'import {\n  one,\n} from "./deep/one.js";\nimport { two } from "./two.js";\n'
        'const text = "export const";\nexport default [one, two(), text];\n'
    )
    main = ['const text = "export const";', "export default [one, two(), text];", ""]
    two = ["const one = 1;", "function two() {", "return one + 1;", "}"]
    assert front_end(tmp_path / "main.js").split("\n") == [*two, *main]
    (tmp_path / "part.js").write_text('import { one } from "./deep/one.js";\none();\n')
    parts = [tmp_path / "two.js", tmp_path / "part.js"]
    assert front_end(tmp_path / "main.js", *parts).split("\n") == [*two, "one();", *main]


def test_comments_and_indents_are_left_out_and_nothing_else(tmp_path):
    (tmp_path / "main.js").write_text(
        "// a comment\n/**\n * @param {number} n\n */\nexport const f = (n) => {\n  // said\n\n"
        '  const at = /** @type {any} */ (n); // stays\n  return "// no" + at;\n};\n'
    )
    assert front_end(tmp_path / "main.js").split("\n") == [
        "const f = (n) => {", "const at = (n); // stays", 'return "// no" + at;', "};", "",
    ]  # fmt: skip
    for file in LIVE.glob("*.js"):
        text = re.sub(r"`[^`\n]*`", "", file.read_text("utf-8"))
        code = re.sub(r"/\*\*.*?\*/|^\s*//[^\n]*", "", text, flags=re.DOTALL | re.MULTILINE)
        assert "`" not in code, f"{file.name}: a text of several lines would lose its indents"


def test_a_plot_is_sent_the_parts_that_it_needs():
    plain = explore("ravine", "SGD", band=False)
    banded, looked_at = explore("ravine", "SGD"), explore("ravine", "SGD", inspect=True)
    assert len(plain.plot._code.encode()) <= 57_200
    assert len(banded.plot._code.encode()) <= 67_700
    named = explore("parabola", "SGD", band=False)
    kinds = (
        (plain, {"Runs"}), (banded, {"Runs", "Band"}), (named, {"Runs", "freePlaces"}),
        (looked_at, {"Below", "Band"}),
    )  # fmt: skip
    for explorer, own in kinds:
        found = set(re.findall(r"^PARTS\.(\w+) = ", explorer.plot._code, re.MULTILINE))
        assert found == own
    plain.plot.add_sketch(plain.plot._axes[1][1], [0, 1, 2])
    assert "class Sketch" in plain.plot._code and "class Runs" in plain.plot._code


def test_modules_that_import_each_other_are_refused(tmp_path):
    (tmp_path / "a.js").write_text('import { b } from "./b.js";\nexport const a = b;\n')
    (tmp_path / "b.js").write_text('import { a } from "./a.js";\nexport const b = a;\n')
    with pytest.raises(ValueError, match="a.js imports itself, by way of b.js"):
        front_end(tmp_path / "a.js")


def test_a_module_of_a_widget_lets_go_of_what_it_made_when_the_widget_is_closed(run):
    # the page keeps the module for ever; the code is a function that makes something of its own
    code = """
      const made = [], ended = [];
      const name = data.match(/known\\["(\\w+)"\\]/)[1];
      globalThis.optimlabModules = { [name]: Promise.resolve(() => {
        const number = made.push(0);
        return { initialize: () => () => ended.push(number), render: () => number };
      }) };
      const widget = (await import("data:text/javascript," + encodeURIComponent(data))).default;
      const end = await widget.initialize({});
      const shown = [await widget.render({}), await widget.render({})];
      await end();
      console.log(JSON.stringify([shown, ended, await widget.render({})]));
    """
    assert run(code, loader("any code")) == [[1, 1], [1], 2]


# --- one object for each kind of mark --------------------------------------------------------


def test_both_halves_know_the_same_kinds_looks_and_markers(run):
    code = """
      import { MARKS } from "./marks.js";
      import { MARKERS } from "./geometry.js";
      const complete = ({ build, paint }) => [build, paint].every((f) => typeof f === "function");
      const whole = Object.values(MARKS).every(complete);
      console.log(JSON.stringify([Object.keys(MARKS), whole, ["o", ...Object.keys(MARKERS)]]));
    """
    kinds, whole, markers = run(code)
    assert sorted(kinds) == sorted(KINDS) and whole
    assert sorted(markers) == sorted(MARKERS)
    used = {look for kind in KINDS.values() for look in kind.looks}
    assert used == set(LOOKS)
    typed = (LIVE / "marks.js").read_text("utf-8").split("@typedef {object} Parts")[0]
    # the first place of a handle, the order in the still, and labels that find their places
    python = {"at", "zorder", "free"}
    assert {look for look in used if f" [{look}]\n" not in typed} == python


# --- geometry --------------------------------------------------------------------------------

SERVER = """
  import { createInterface } from "node:readline";
  import * as numbers from "./geometry.js";
  import * as pen from "./pen.js";
  const geometry = { ...numbers, ...pen };
  const plain = (_key, value) => (value instanceof Map ? [...value] : value);
  for await (const line of createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(new Function("g", `return g.${line}`)(geometry) ?? null, plain));
  }
"""
BOX = {"x": 40, "y": 10, "w": 200, "h": 100}
NAN, INF = float("nan"), float("inf")
SCALES = {
    "linear": ("linear", (-3, 7)),
    "log": ("log", (1e-6, 400)),
    "reversed": ("linear", (7, -3)),
    "narrow": ("linear", (1, 1 + 1e-6)),
    "narrow log": ("log", (1, 1.001)),
}


@pytest.fixture(scope="module")
def geometry(tmp_path_factory):
    """`geometry(name, *arguments)`: what geometry.js and pen.js give; NaN comes as None."""
    folder = tmp_path_factory.mktemp("geometry")
    for file in ("geometry.js", "pen.js"):
        shutil.copy(LIVE / file, folder)
    (folder / "package.json").write_text('{"type": "module"}')
    command = [NODE, "--input-type=module", "--eval", SERVER]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=folder, text=True, bufsize=1, **pipes) as process:

        def call(name, *arguments):
            process.stdin.write(f"{name}({', '.join(map(json.dumps, arguments))})\n")
            line = process.stdout.readline()
            assert line, f"{name}{arguments} stopped Node"
            return json.loads(line)

        yield call
        process.stdin.close()


def limits(x="linear", y="linear"):
    """The limits of an axes as the front end gets them."""
    (xscale, xlim), (yscale, ylim) = SCALES[x], SCALES[y]
    return {"xscale": xscale, "yscale": yscale, "xlim": list(xlim), "ylim": list(ylim)}


def matplotlib_axes(x, y):
    ax = Figure().add_subplot()
    (xscale, xlim), (yscale, ylim) = SCALES[x], SCALES[y]
    ax.set(xscale=xscale, yscale=yscale, xlim=xlim, ylim=ylim)
    return ax


def points(d):
    """The corners of each piece of a path."""
    pieces = [piece for piece in d.replace("Z", "").split("M") if piece]
    return [[[float(v) for v in at.split()] for at in piece.split("L")] for piece in pieces]


def on(fx, fy):
    return [BOX["x"] + fx * BOX["w"], BOX["y"] + (1 - fy) * BOX["h"]]


@pytest.mark.parametrize("x", SCALES)
@pytest.mark.parametrize("y", SCALES)
def test_a_number_has_the_place_that_python_gives_it(geometry, x, y):
    ax, axes = matplotlib_axes(x, y), limits(x, y)
    where = np.array([[0, 0], [0.25, 1], [1, 0.5], [-0.5, 1.5]])
    rows = np.empty_like(where)
    for column, name in enumerate((x, y)):
        scale, (low, high) = SCALES[name]
        linear = low + where[:, column] * (high - low)
        rows[:, column] = low * (high / low) ** where[:, column] if scale == "log" else linear
    theirs = fractions(ax, rows)
    for row, place in zip(rows.tolist(), theirs, strict=True):
        ours = [geometry("fraction", axes, which, row[which]) for which in (0, 1)]
        np.testing.assert_allclose(ours, place, atol=1e-8)


def test_the_number_of_a_grid_below_and_above(run):
    code = """
      import { onGrid } from "./geometry.js";
      const cases = [[-0.7853, 0.01], [-8, 0.05], [0.3, 0.1], [1234, 10], [0, 0.001]];
      const both = ([v, g]) => [onGrid(v, g, Math.floor), onGrid(v, g, Math.ceil)];
      console.log(JSON.stringify(cases.map(both)));
    """
    assert run(code) == [[-0.79, -0.78], [-8, -8], [0.3, 0.3], [1230, 1240], [0, 0]]


@pytest.mark.parametrize("name", SCALES)
@pytest.mark.parametrize("which", [0, 1])
def test_a_fraction_is_a_round_number_inside_the_axes(geometry, name, which):
    axes, (scale, ends) = limits(name, name), SCALES[name]
    grain = abs(ends[1] - ends[0]) / 200
    for fraction in (-5, 0, 0.123, 0.5, 0.987, 1, 5):
        found = geometry("value", axes, which, fraction, grain)
        inside = min(1, max(0, fraction))
        assert min(ends) <= found * (1 + 5e-3 * (scale == "log")) and found <= max(ends) * 1.005
        if scale == "log":
            assert found == float(f"{found:.3g}")
            share = np.log(found / ends[0]), np.log(ends[1] / ends[0])
            assert share[0] == pytest.approx(inside * share[1], abs=5e-3)
        else:
            assert min(ends) <= found <= max(ends)
            assert found == pytest.approx(ends[0] + inside * (ends[1] - ends[0]), abs=0.51 * grain)
            off = found / grain - round(found / grain)
            assert abs(off) < 1e-3 or found in ends


def test_a_pixel_is_the_place_of_its_fractions(geometry):
    for fx, fy in ((0, 0), (1, 1), (0.3, 0.8), (-0.1, 0.5), (0.5, 1.1)):
        x, y = geometry("pixel", BOX, fx, fy)
        assert [x, y] == pytest.approx(on(fx, fy))
        back = geometry("fractionsAt", BOX, x, y)
        assert [back["fx"], back["fy"]] == pytest.approx([fx, fy])
    for x, y in ((40, 110), (240, 10), (100, 50)):
        assert geometry("fractionsAt", BOX, x, y)["inside"] is True
    for x, y in ((39.9, 50), (240.1, 50), (100, 110.1), (100, 9.9)):
        assert geometry("fractionsAt", BOX, x, y)["inside"] is False


def test_a_line_breaks_where_a_row_cannot_be_drawn(geometry):
    rows = [[NAN, 0], [0, 0], [0.5, 0.5], [0.6, NAN], [INF, 0], [0.7, 1], [1, 1], [NAN, NAN]]
    first, second = points(geometry("linePath", BOX, rows))
    assert first == [on(0, 0), on(0.5, 0.5)] and second == [on(0.7, 1), on(1, 1)]
    for nothing in ([], [[NAN, 1]], [[1, INF], [NAN, NAN]]):
        assert geometry("linePath", BOX, nothing) == geometry("areaPath", BOX, nothing) == ""
    assert geometry("linePath", BOX, [[0.5, 0.5]]) == "M140.00 60.00"


@pytest.mark.parametrize("name", ["linear", "log"])
def test_what_is_far_outside_is_drawn_ten_widths_outside(geometry, name):
    ax = matplotlib_axes(name, name)
    rows = fractions(ax, np.array([[1e300, 1e300], [-1e300, 1.0], [0.0, 0.0]]))
    far, near = REACH + 1, -REACH
    drawn = points(geometry("linePath", BOX, rows.tolist()))
    if name == "log":  # a negative number has no place there, and 0 is at the lower rim
        assert drawn == [[on(far, far)], [on(near, near)]]
    else:
        assert drawn == [[on(far, far), on(near, 0.4), on(0.3, 0.3)]]


def test_what_nobody_could_see_is_not_drawn_and_a_line_ends_where_its_last_row_is(geometry):
    pixels = [0, 0.2, 0.49, 0.51, 0.9, 1.02, 1.2, NAN, 1.2, 1.3]
    rows = [[p / BOX["w"], 0.5] for p in pixels]
    pieces = points(geometry("linePath", BOX, rows))
    drawn = [[round(x - BOX["x"], 2) for x, _ in piece] for piece in pieces]
    assert drawn == [[0, 0.51, 1.02, 1.2], [1.2, 1.3]]
    for size, drawn in ((1.5, [0, 0.51, 1.02]), (3, [0, 1.02])):
        dots = points(geometry("pointsPath", BOX, rows, "D", size))
        assert [piece[0][0] - BOX["x"] for piece in dots] == pytest.approx(drawn, abs=0.011)
    hops = [[0.5, 0.5], [0.6, 0.5]] * 50
    assert len(points(geometry("linePath", BOX, hops))[0]) == 100, "each hop is seen"


def test_an_area_is_closed(geometry):
    rows = [[0, 0], [1, 0], [0.5, 1]]
    assert geometry("areaPath", BOX, rows) == geometry("linePath", BOX, rows) + "Z"


@pytest.mark.parametrize("shape", MARKERS)
def test_every_marker_is_a_closed_path_about_its_point(geometry, shape):
    rows, size = [[0.25, 0.5], [NAN, 0.5], [1, 1]], 20
    d = geometry("pointsPath", BOX, rows, shape, size)
    pieces = [piece for piece in d.split("Z") if piece]
    assert d.endswith("Z") and len(pieces) == 2, "one closed piece for each row but NaN's"
    if shape == "o":
        for piece, at in zip(pieces, (on(0.25, 0.5), on(1, 1)), strict=True):
            start, *arcs = piece.split("a")
            assert [float(v) for v in start[1:].split()] == [at[0] - size / 2, at[1]]
            assert arcs == ["10 10 0 1 0 20 0", "10 10 0 1 0 -20 0"], "there and back again"
        return
    for corners, at in zip(points(d), (on(0.25, 0.5), on(1, 1)), strict=True):
        corners = np.array(corners) - at
        assert len(corners) == len(np.unique(corners, axis=0)) >= 3
        wide, high = np.ptp(corners, axis=0)
        assert 0.9 * size <= min(wide, high) <= max(wide, high) <= 1.35 * size
        assert np.abs(corners).max() <= 0.7 * size
        mirrored = np.sort((corners * [1, -1] if shape in "<>" else corners * [-1, 1]).round(1), 0)
        np.testing.assert_allclose(mirrored, np.sort(corners.round(1), 0), atol=0.11)


def test_a_star_has_five_tips_of_one_length_at_even_angles(geometry):
    ((*corners,),) = points(geometry("marker", "*", 0, 0, 200))
    x, y = np.transpose(corners)
    np.testing.assert_allclose(np.hypot(x, y)[::2], 105, atol=0.01)
    np.testing.assert_allclose(np.hypot(x, y)[1::2], 40, atol=0.01)
    turned = np.diff(np.unwrap(np.arctan2(y, x)))
    np.testing.assert_allclose(turned, np.pi / 5, atol=1e-3)
    assert corners[0] == [0, -105], "it stands on two of them"


def test_markers_are_told_apart_and_an_unknown_one_is_a_circle(geometry):
    shapes = {shape: geometry("marker", shape, 0, 0, 8) for shape in MARKERS}
    assert len(set(shapes.values())) == len(MARKERS)
    assert geometry("marker", "?", 0, 0, 8) == shapes["o"]
    assert geometry("pointsPath", BOX, [[0, 0]]) == geometry("marker", "o", 40, 110, 6)


def test_an_arrow_ends_at_its_tip_and_a_short_one_is_none(geometry):
    shaft, head = points(geometry("arrowsPath", BOX, [[0, 0.5, 0.5, 0.5]]))
    assert shaft[0] == on(0, 0.5) and head[0] == on(0.5, 0.5)
    assert shaft[1] == [133, 60] and head[1:] == [[130, 64], [130, 56]]
    d = geometry("arrowsPath", BOX, [[0, 0.5, 0.02, 0.5]])
    tail, tip = on(0, 0.5), on(0.02, 0.5)
    corners = np.concatenate([np.array(piece) for piece in points(d)])
    assert d.endswith("Z") and corners[:, 0].min() == tail[0] and corners[:, 0].max() == tip[0]
    assert geometry("arrowsPath", BOX, [[0.5, 0.5, 0.5, 0.504], [0, 0, NAN, 1]]) == ""
    assert geometry("arrowsPath", BOX, [[0.5, 0.5, 0.5, 0.506]]) != "", "0.6 pixels"
    shaft, head = (np.array(p) for p in points(geometry("arrowsPath", BOX, [[0.9, 0.1, 0.6, 0.8]])))
    way = (head[0] - shaft[0]) / np.linalg.norm(head[0] - shaft[0])
    np.testing.assert_allclose((head[0] - shaft[1]) @ way, 7, atol=0.02)
    across = np.array([-way[1], way[0]])
    for corner, side in zip(head[1:], (4, -4), strict=True):
        back = corner - head[0]
        np.testing.assert_allclose([back @ way, back @ across], [-10, side], atol=0.02)


def test_a_label_stands_inside_and_turns_at_the_right_rim(geometry):
    x, y = on(0.5, 0.5)
    place = geometry("labelPlace", BOX, [0.5, 0.5], [6, 4], "start")
    assert place == {"x": x + 6, "y": y - 4, "anchor": "start"}
    x, y = on(0.95, 1)
    place = geometry("labelPlace", BOX, [0.95, 1], [6, 4], "start")
    assert place == {"x": pytest.approx(x - 6), "y": y - 4, "anchor": "end"}
    assert geometry("labelPlace", BOX, [0.95, 1], [6, 4], "middle")["anchor"] == "middle"
    for row in ([0, 0], [1, 1], [0, 1], [1, 0]):
        assert geometry("labelPlace", BOX, row, [6, 4], "end")["anchor"] == "end"
    for row in ([1.01, 0.5], [-0.01, 0.5], [0.5, 1.01], [0.5, -0.01], [NAN, 0.5], [0.5, INF], None):
        assert geometry("labelPlace", BOX, row, [6, 4], "start") is None


def test_a_track_is_followed_as_numpy_does_it(geometry):
    track = [[0.1, 0], [0.3, 0.8], [0.3, 0.2], [0.9, 1]]
    for fx in (-1, 0.1, 0.2, 0.29, 0.5, 0.9, 3):
        wanted = np.interp(fx, *np.transpose(track))
        assert geometry("onTrack", track, fx) == pytest.approx(wanted)
    assert 0.2 <= geometry("onTrack", track, 0.3) <= 0.8


def test_a_handle_is_drawn_inside_its_axes_and_on_its_track(geometry):
    axes = limits("linear", "log")
    assert geometry("handlePixel", axes, BOX, [2, 1e9]) == pytest.approx(on(0.5, 1))
    assert geometry("handlePixel", axes, BOX, [-99, 0.02]) == pytest.approx(on(0, 0.5))
    track = [[0, 0.2], [1, 0.4]]
    assert geometry("handlePixel", axes, BOX, [2], track) == pytest.approx(on(0.5, 0.3))


def test_the_nearest_step_of_all_paths_is_found_within_reach(geometry):
    first = [[0, 0], [NAN, 0.5], [0.5, 0.5]]
    second = [[0.5, 0.52], [0.9, 0.9], [0.52, 0.5], [0.5, 0.4]]
    x, y = on(0.5, 0.5)
    assert geometry("nearestStep", BOX, [first, second], x, y, 16) == 2
    assert geometry("nearestStep", BOX, [second], x, y, 16) == 0
    assert geometry("nearestStep", BOX, [second], x, y - 9, 16) == 0
    assert geometry("nearestStep", BOX, [first], x, y + 15.9, 16) == 2
    for nothing in ([first], [], [[[NAN, 0.5]]]):
        assert geometry("nearestStep", BOX, nothing, x, y + 16, 16) is None


def test_the_dot_stays_where_a_run_was_last_seen(geometry):
    rows = [[0, 0], [0.5, 0.5], [NAN, 1], [INF, INF]]
    for step, row in ((0, 0), (1, 1), (2, 1), (3, 1), (9, 1)):
        assert geometry("lastKnown", rows, step) == rows[row]
    assert geometry("lastKnown", [], 0) is geometry("lastKnown", [[NAN, 0]], 3) is None


def test_playback_takes_five_seconds_but_six_steps_a_second_at_least(geometry):
    assert [geometry("stepAfter", 0, 100, time, 1) for time in (0, 49, 51, 2500, 9e9)] == [
        0, 0, 1, 50, 100,
    ]  # fmt: skip
    assert geometry("stepAfter", 3, 12, 1000, 1) == 9
    assert geometry("stepAfter", 3, 12, 1000, 0.5) == 6


PLACES = [[1, 5, "first"], [5, 1, "second"], [9, 5, "third"], [9, 9, "top"]]


@pytest.mark.parametrize(
    ("at", "way", "to"),
    [
        ("first", (1, 0), "second"), ("top", (1, 0), "top"), ("first", (-1, 0), "first"),
        ("third", (-1, 0), "second"), ("third", (0, -1), "second"), ("second", (0, -1), "second"),
        ("second", (0, 1), "first"), ("third", (0, 1), "top"), ("first", (0, 1), "top"),
    ],
)  # fmt: skip
def test_arrow_keys_lead_through_the_places_of_a_handle(geometry, at, way, to):
    stands = {name: [x, y] for x, y, name in PLACES}
    assert geometry("nextPlace", PLACES, stands[at], way) == stands[to]
    assert geometry("placeAt", PLACES, stands[to])[2] == to


def test_up_and_down_lead_to_the_nearest_place_where_height_counts_half(geometry):
    def up(*places):
        named = [[x, y, ""] for x, y in ((5, 0), *places)]
        return geometry("nextPlace", named, [5, 0], [0, 1])

    assert up((1, 1), (7, 1)) == up((7, 1), (1, 1)) == [7, 1]
    assert up((9, 1), (3, 1)) == [3, 1]
    assert up((6.5, 1), (5, 3.5)) == [5, 3.5]
    assert up((6.5, 1), (5, 4.5)) == [6.5, 1]
    assert up((5, 0.05), (4, 0), (5, -1)) == [5, 0.05]


def test_a_handle_that_stands_at_none_of_its_places_begins_at_the_first(geometry):
    assert geometry("nextPlace", PLACES, [4, 4], [1, 0]) == [1, 5]
    assert geometry("placeAt", PLACES, [4, 4]) is None


def test_the_nearest_place_is_the_nearest_in_the_picture(geometry):
    axes = limits("linear", "log")  # three units along are 60 pixels, three decades up 35
    places = [[2, 1e-3, "low"], [5, 1, "right"]]
    fx, fy = geometry("fraction", axes, 0, 2), geometry("fraction", axes, 1, 1)
    assert geometry("nearestPlace", axes, BOX, places, fx, fy) == [2, 1e-3]
    apart = [[-2, 1e-5, "left"], [6, 1e-5, "right"], [-2, 100, "top"]]
    for fx, fy, wanted in ((0.8, 0.1, [6, 1e-5]), (0.2, 0.3, [-2, 1e-5]), (0.2, 0.8, [-2, 100])):
        assert geometry("nearestPlace", axes, BOX, apart, fx, fy) == wanted
    wide = BOX | {"h": 900}
    assert geometry("nearestPlace", axes, wide, places, fx, fy) == [5, 1]


def test_an_arrow_key_moves_by_a_part_of_the_axis_and_by_one_of_the_grid_at_least(geometry):
    axes = limits("linear", "log")
    assert geometry("nudged", axes, [2, 1], [1, 0], False, [0.01, 0.01]) == [2.05, 1]
    assert geometry("nudged", axes, [2, 1], [-1, 0], True, [0.01, 0.01]) == [1.5, 1]
    assert geometry("nudged", axes, [2, 1], [1, 0], False, [1, 1]) == [3, 1]
    assert geometry("nudged", axes, [7, 1], [1, 0], True, [0.01, 0.01]) == [7, 1]
    x, y = geometry("nudged", axes, [2, 1], [0, 1], False, [0.01, 0.01])
    assert x == 2 and y == pytest.approx((400 / 1e-6) ** 0.005, rel=5e-3)
    assert geometry("nudged", limits(), [2], [0, 1], False, [0.01]) == [2], "on a track: x alone"


def drawn(geometry, columns, pointer, last=None):
    found = geometry("drawnHeights", columns, dict(zip(("fx", "fy"), pointer, strict=True)), last)
    return found["pen"], dict(found["heights"])


def test_a_sketch_follows_the_pointer_through_the_columns_that_it_passes(geometry):
    columns = [0, 0.25, 0.5, 0.75, 1]
    apart = [0.2, 0.3, 0.6, 0.9]  # what is near is a fifth of the first two columns' distance
    pen, _ = drawn(geometry, apart, (0.605, 0.4))
    for fx, near in ((0.625, False), (0.615, True)):
        _, heights = drawn(geometry, apart, (fx, 0.4), pen)
        assert heights == ({2: 0.4} if near else {})
    pen, heights = drawn(geometry, columns, (0.1, 0.4))
    assert heights == {0: 0.4} and pen == {"fx": 0.1, "fy": 0.4, "column": 0}
    pen, heights = drawn(geometry, columns, (0.6, 0.9), pen)
    assert heights == {1: pytest.approx(0.55), 2: pytest.approx(0.8)}
    pen, heights = drawn(geometry, columns, (0.62, 0.1), pen)
    assert heights == {}, "the column behind is passed and left"
    pen, heights = drawn(geometry, columns, (0.74, 0.3), pen)
    assert heights == {3: 0.3}, "the one ahead follows once the pointer is near"
    pen, heights = drawn(geometry, columns, (0.2, 0.5), pen)
    assert heights.keys() == {1, 2} and heights[2] == pytest.approx(0.3 + 0.2 * 0.24 / 0.54)


def test_an_undrawn_column_begins_like_the_last_one_to_its_left(geometry):
    assert geometry("drawnBefore", [None, 3, None, 5], 3) == 3
    assert geometry("drawnBefore", [None, 3, None, 5], 1) is None


def test_rows_are_read_from_the_message_and_numbers_are_short(geometry, run):
    assert geometry("rowsOf", [], None) == []
    code = """
      import { rowsOf } from "./geometry.js";
      const rows = rowsOf(new Float32Array([9, 1, 2, 3, 4, 9]), [1, 2, 2]);
      console.log(JSON.stringify(rows.map((row) => [...row])));
    """
    assert run(code) == [[1, 2], [3, 4]]
    for value, said in ((1e-3, "0.001"), (98765, "98760"), (1e5, "1e+5"), (1e-4, "0.0001")):
        assert geometry("short", value) == said
    for value, said in ((0, "0"), (-1.23456, "-1.235"), (5.18e-5, "5.18e-5"), (-1e6, "-1e+6")):
        assert geometry("short", value) == said
    assert geometry("short", NAN) == "not a number" and geometry("short", INF) == "too large"


def test_the_page_and_python_write_a_number_in_one_form(run):
    rng = np.random.default_rng(0)
    values = rng.normal(size=300) * 10.0 ** rng.integers(-12, 12, 300)
    values = [*values, *rng.integers(0, 10**6, 50), 0, -0.0, 999.6, 99994, 99999.6, 0.00099996,
              9.9996e-5, 7.19e57, 5.96e-160, 1e5, -1e-4, 1e300]  # fmt: skip
    values = [float(value) for value in values]
    code = f"""import {{ short }} from "./geometry.js";
        console.log(JSON.stringify({json.dumps(values)}.map((v) => [short(v), short(v, 3)])));"""
    for value, (four, three) in zip(values, run(code), strict=True):
        assert three == short(value) and four == export._told(value, 0, None)


def test_why_a_step_has_no_number_is_told(geometry):
    assert geometry("told", 1.5, 3, None) == "1.5"
    assert geometry("told", 1.5, 3, [4, "undefined"]) == "1.5"
    assert geometry("told", NAN, 4, [4, "undefined"]) == "undefined"
    assert geometry("told", NAN, 9, [4, "too large"]) == "too large"
    assert geometry("told", NAN, 0, None) == "–", "an effective rate has none before the first step"
    assert geometry("told", INF, 0, None) == "too large"


@pytest.mark.parametrize(
    "sizes, room, high, most",
    [
        ([(460, 370)] * 2, 1200, 700, None),
        ([(460, 370)] * 2, 840, 700, 416),
        ([(460, 370)] * 2, 472, 2000, None),
        ([(460, 370)] * 2, 472, 600, 368),
        ([(460, 370)] * 2, 340, 700, 300),
        ([(460, 370)] * 2, 276, 430, 262),
        ([(460, 370)], 340, 700, None),
        ([(375, 330)] * 3, 1141, 700, None),
        ([(375, 330)] * 3, 1000, 700, 328),
        ([(375, 330)] * 3, 840, 700, 320),
        ([(375, 330)] * 3, 712, 520, 290),
        ([(375, 330)] * 3, 712, 100, 250),
        ([(375, 330)] * 3, 620, 700, 306),
        ([(375, 330)] * 3, 340, 2000, 300),
        ([(375, 330)] * 3, 276, 500, 250),
        ([(760, 330), (706, 320)], 740, 600, 653),
    ],
)
def test_panels_are_as_wide_as_lets_them_be_seen_at_once(geometry, sizes, room, high, most):
    assert geometry("widestPanel", sizes, room, high) == most, "null stands for Infinity"
    if most and most > 250:
        beside = int((room + 8) // (most + 8))
        rows = -(-len(sizes) // beside)
        assert rows == 1 or rows * most * sizes[0][1] / sizes[0][0] + 8 * (rows - 1) <= high


def test_a_wide_panel_is_scrolled_rather_than_drawn_too_small(geometry):
    assert geometry("narrowestPanel", 460) == geometry("narrowestPanel", 600) == 0
    assert geometry("narrowestPanel", 720) == 504
    assert geometry("narrowestPanel", 490, 3) == 343 and geometry("narrowestPanel", 490, 2) == 0


def test_a_formula_has_four_digits_of_each_number(run):
    rng = np.random.default_rng(0)
    values = rng.normal(size=400) * 10.0 ** rng.integers(-300, 300, 400)
    values = [*values, *rng.normal(size=100), 0.0, -0.0, 9999.4, 9999.6, -1e-4, 1e-5, 5e-324, 1e308]
    code = f"""import {{ written }} from "./formula.js";
        console.log(JSON.stringify({json.dumps(values)}.map(written)));"""
    assert run(code) == [four_digits(value) for value in values]
    lost = code.replace(json.dumps(values), "[NaN, 1 / 0]")
    assert run(lost) == ["not a number", "too large"]


def test_a_letter_of_the_band_keeps_off_the_ticks(run):
    """Of a piece 10 wide: its letter is in the middle, or in that of the longer side of a tick."""
    code = """import { beside } from "./band.js";
      const ticks = [[], [1], [5], [6], [4, 20]];
      console.log(JSON.stringify(ticks.map((at) => beside(at, 10, 2))));"""
    np.testing.assert_allclose(run(code), [0, 0, 0.25, -0.2, 0.2])


def test_the_standings_at_a_step(run):
    """Two runners with two columns each; one is lost from step 2 on."""
    table = [[8, 3, 8, 3], [4, 2, 9, 4], [0.05, 1, "NaN", "NaN"], [0.5, 2, "NaN", "NaN"]]
    values = ", ".join(str(value) for row in [[7, 7, 7, 7], *table] for value in row)
    code = f"""import {{ leaders, ranked, standings }} from "./table.js";
      const rows = [{{ lost: null }}, {{ lost: [2, "undefined"] }}];
      const own = {{ rows, numbers: [8, 4, 8], goal: 0.01 }};
      const by = (criterion, step) =>
        standings(own, new Float32Array(new Float64Array([{values}]).buffer), step, criterion);
      const [now, least, until] = [["loss", "now", 0], ["", "least", 0], ["", "until", 0]];
      const there = ["distance", "now", 1];
      const say = (criterion, step) => leaders(["A", "B"], by(criterion, step), criterion[0], step);
      console.log(JSON.stringify([
        by(now, 1), by(now, 2), by(least, 3), by(until, 1), by(until, 3), by(there, 1),
        ranked([2, NaN, 1, Infinity, 1]), say(now, 0), say(now, 1), say(there, 3),
        leaders(["A", "B"], [NaN, NaN], "loss", 5),
      ]));"""
    assert run(code) == [
        [4, 9], [0.05, None], [0.05, 8], [None, None], [2, None], [2, 4], [2, 4, 0, 1, 3],
        "After 0 gradients each, A and B are level by loss.",
        "After 1 gradient each, A leads by loss.",
        "After 3 gradients each, A leads by distance.",
        "After 5 gradients each, nobody has a number for this yet: loss.",
    ]  # fmt: skip


def test_marks_bar_and_sliders_say_what_is_shown(run):
    """At step 1 of 2, with a handle at (0.5, 3): what each of them writes into the page."""
    code = """
      import { MARKS } from "./marks.js";
      import { Bar } from "./bar.js";
      import { Sliders } from "./sliders.js";
      const node = () => ({ told: {}, style: {}, setAttribute(k, v) { this.told[k] = v; } });
      const axes = { ...data.axes, box: data.box };
      const shown = { rows: [[0, 0], [0.5, 1], [1, 0.5]], texts: [], step: 1, at: [0.5, 3] };
      const line = { by_step: true, node: node(), rest: node(), now: node() };
      MARKS.line.paint(line, axes, shown);
      const handle = { node: node() };
      MARKS.handle.paint(handle, axes, shown);
      const bar = { scrub: {}, readout: {} };
      Bar.prototype.paint.call(bar, 1, 2, ["loss 4"]);
      const spec = { low: -3, high: 7, step: 0.5 };
      const all = [0, 1].map((which) => ({ which, ...spec, range: {}, field: {} }));
      Sliders.prototype.paint.call({ all, plot: { standsAt: () => shown.at } });
      console.log(JSON.stringify({
        line: line.node.told.d, rest: line.rest.told.d, now: line.now.told,
        handle: handle.node.told, bar,
        sliders: all.map(({ range, field }) => [range.value, range.min, range.max, field.value]),
      }));"""
    told = run(code, {"axes": limits(), "box": BOX})
    assert points(told["line"]) == [[on(0, 0), on(0.5, 1)]]
    assert points(told["rest"]) == [[on(0.5, 1), on(1, 0.5)]]
    assert [float(told["now"][name]) for name in ("cx", "cy")] == on(0.5, 1)
    x, y = on(0.35, 0.6)
    assert told["handle"] == {
        "transform": f"translate({x:.2f} {y:.2f})",
        "aria-valuenow": "0.5", "aria-valuetext": "x 0.5, y 3",
    }  # fmt: skip
    assert told["bar"] == {
        "scrub": {"max": "2", "value": "1"}, "readout": {"textContent": "step 1 of 2 · loss 4"},
    }  # fmt: skip
    assert told["sliders"] == [["0.5", "-3", "7", "0.5"], ["3", "-3", "7", "3"]]
