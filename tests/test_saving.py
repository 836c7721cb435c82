"""Explorers as files and as code: what stands in them, what does not, and what is refused."""

import base64
import gzip
import html
import io
import json
import re
import shutil
import subprocess
import sys
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from test_explorers_veil import MAKERS, SENTENCE, TIPS, every_explorer
from test_front_end import LIVE, NODE

from optimlab import SGD, Function, Momentum, data, explore, explorers, functions, network
from optimlab.draw.live import export
from optimlab.explorers import FitExplorer, RaceExplorer, SurfaceExplorer, races, saving

#: of the explorers those that differ most in controls, handles and arguments
SOME = ("line", "secant", "graph", "fit", "chord", "noise", "plane", "stages", "family", "race")
HAS = {"graph": network.cube, "data": TIPS}
LETTERS = data.Data(np.eye(2), [0, 1], classes=["a", "b"])


def evaluated(line, **names):
    """What a line of code gives in a cell that knows these names."""
    first, rest = line.split("; ", 1)
    exec(first, names)
    return eval(rest, names)


def unpacked(page):
    """What a page holds: its state with the buffers in their places, and its words."""
    text = re.search(r'<script type="text/plain">([^<]*)</script>', page)[1]
    line, _, rest = gzip.decompress(base64.b64decode(text)).partition(b"\n")
    saved = json.loads(line)
    for path, length in zip(saved["paths"], saved["lengths"], strict=True):
        owner = saved
        for key in path[:-1]:
            owner = owner[key]
        part, rest = rest[:length], rest[length:]
        if length % 8 == 0:  # first bytes first
            part = np.frombuffer(part, np.uint8).reshape(8, -1).T.tobytes()
        owner[path[-1]] = part
    assert rest == b""
    return saved


def move(explorer):
    """Put every control and handle somewhere else."""
    for widget, name in explorer.plot.controls[:4]:
        if name == "index":
            widget.index = (widget.index + 1) % len(widget.options)
        elif isinstance(widget.value, bool):
            widget.value = not widget.value
        else:
            widget.value = widget.min if widget.value != widget.min else widget.min + widget.step
    for mark in explorer.plot.marks:
        name, axes = mark["name"], explorer.plot.axes[mark["axes"]]
        if mark["kind"] == "handle" and "places" not in mark:
            at = explorer.plot.handles[name]
            ends = axes["xlim"], axes["ylim"]
            new = [v + 0.05 * (e[1] - v) for v, e in zip(at, ends, strict=False)]
            explorer.plot.handles = explorer.plot.handles | {name: new}
    if explorer.plot.last():
        explorer.plot.step = 1
    assert explorer.status == ""


def state(explorer):
    plot = explorer.plot
    return explorer.settings(), plot.step, plot.axes, explorer.summary, plot.data, plot.images


# --- code ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", SOME)
def test_a_line_of_code_restores_controls_handles_and_marks(kind):
    explorer = MAKERS[kind][0]()
    first = state(explorer)
    move(explorer)
    assert state(explorer) != first, "it was moved"
    again = evaluated(explorer.code(), **HAS)
    assert state(again) == state(explorer) and again.code() == explorer.code()


def test_options_that_were_given_are_written_and_defaults_are_not():
    given = {
        "lr": 0.25, "start": (-6, 2.5), "steps": 12, "rates": (0.01, 1.0), "most_steps": 15,
        "target": (0.5, 9), "loss_scale": "linear", "loss_limits": (0, 9.5), "names": 3,
        "domain": ((-8, 8), (-4, 4)), "inspect": True, "curves": ["loss", "v", "distance"],
        "limits": {"v": (-1, 1)}, "start_sliders": False, "any_start": True, "momentum": 0.5,
    }  # fmt: skip
    explorer = explore("ravine", ["Momentum", SGD], **given)
    line = explorer.code()
    assert line.startswith('from optimlab import explore; explore("ravine", ["Momentum", "SGD"], ')
    arguments = line.replace('explore("ravine", ["Momentum", "SGD"], ', "dict(")
    assert evaluated(arguments) == given
    assert state(evaluated(line)) == state(explorer)
    line = explore("ravine", SGD, start=None, steps=30, names=None).code()
    assert line == 'from optimlab import explore; explore("ravine")'


def test_the_target_counts_from_the_first_start_after_the_line_too():
    explorer = explore("ravine", SGD, start=(-7, 2), target=(1.5, 30)).put(start=(0.1, 0))
    assert not explorer.reached and not evaluated(explorer.code()).reached


def bent(p):
    return p[..., 0] ** 2 + 2 * p[..., 1] ** 2


def test_what_a_learner_defined_is_named_and_what_has_no_name_is_told():
    class Leaky(Momentum):
        """A rule of a learner."""

    box = {"domain": ((-2, 2), (-2, 2))}
    mine = Function("bent", "b", bent, **box)
    explorer = explore(mine, [Leaky, "SGD"])
    line = explorer.code()
    assert line == (
        'from optimlab import explore; explore(function, [Leaky, "SGD"])  # Leaky: as you defined '
        "it. In place of function put what cannot be written."
    )
    assert state(evaluated(line, function=mine, Leaky=Leaky)) == state(explorer)
    namesake = Function("ravine", "b", bent, **box)
    assert "explore(function)" in explore(namesake).code(), "another function of that name"


class Plain:
    """An optimizer in the style of the course."""

    def update(self, params, grads):
        params["point"] = params["point"] - 0.1 * grads["point"]

    def bowl(self, x, y):
        return x * x + y * y


def test_a_name_in_the_notebook_is_written_and_a_lambda_is_itself(monkeypatch):
    notebook = vars(sys.modules["__main__"])
    mine, rule = Function("bent", "b", bent, domain=((-2, 2), (-2, 2))), Plain()
    steep = (lambda x, y: 2 * x, lambda x, y: 4 * y)[0]
    known = {"valley": mine, "rule": rule, "steep": steep}
    for name, value in known.items():
        monkeypatch.setitem(notebook, name, value)
    named = explore(mine, rule)
    assert named.code() == (
        "from optimlab import explore; explore(valley, rule)  # valley and rule: as you defined it."
    )
    assert state(evaluated(named.code(), **known)) == state(named)
    assert "explore(steep)" in explore(steep).code(), "two lambdas in one line: it has a name"
    inline = explore(lambda x, y: x**2 + 10 * y**2, "Adam")
    assert inline.code() == (
        'from optimlab import explore; explore(lambda x, y: x ** 2 + 10 * y ** 2, "Adam")'
    )
    assert state(evaluated(inline.code())) == state(inline)
    half = 0.5
    around = explore(lambda x: half * x**2)
    assert "In place of function put" in around.code(), "half is known in this test alone"
    assert "In place of function put" in explore(Plain().bowl).code(), "no name of its own"


def test_a_race_of_ones_own_is_restored():
    for race in (
        RaceExplorer(bent_apart, ["SGD", Plain]),
        races.race("x^2/20 + y^2", ["SGD", Momentum(lr=0.2)], mode="tuned").put(start=(-3, 1.5)),
    ):
        known = {"bent_apart": bent_apart, "Plain": Plain}
        again = evaluated(race.code(), **known)
        assert state(again) == state(race) and again.racing == race.racing


def bent_apart(x, y):
    return x**2 + 2 * y**2


def test_numbers_of_numpy_and_arrays_are_written_as_numbers():
    x, y = np.array([1.0, 2.0, 4.0]), np.arange(3)
    explorer = FitExplorer(x, y, names=("it's", 'a "name"\n'))
    assert "np" not in explorer.code() and "array" not in explorer.code()
    assert state(evaluated(explorer.code())) == state(explorer)
    long = np.arange(1001.0)
    assert FitExplorer(long, long).code() == (
        "from optimlab import explorers; explorers.FitExplorer(x, y)  # In place of x and y put "
        "what cannot be written."
    )
    text = saving._Text()
    given = {"a": (float("inf"),), 1: np.float64(0.5), "rules": [SGD(lr=0.3)]}
    assert text.of(given, "") == (
        '{"a": (float(\'inf\'),), 1: 0.5, "rules": [SGD(lr=0.3)]}'
    )
    assert text.imported == ["SGD"]


def test_a_slider_that_the_page_has_rounded_was_not_moved():
    explorer = explore("ravine", "Momentum")
    explorer.controls["momentum"].value = 0.9000000000000001
    assert explorer.code() == 'from optimlab import explore; explore("ravine", "Momentum")'


def test_put_takes_what_controls_and_handles_can_be():
    explorer = explore("ravine", "Adam", rates=(0.1, 1))
    assert explorer.put(lr=0.2, bias_correction=False, start=(1, 2), steps=7, step=3) is explorer
    assert explorer._places() == {
        "lr": 0.2, "steps": 7, "beta1": 0.9, "beta2": 0.999, "bias_correction": False,
        "start": (1.0, 2.0), "step": 3,
    }  # fmt: skip
    with pytest.raises(TypeError, match="^rate: put takes lr, steps, beta1, beta2, "):
        explorer.put(rate=1)
    with pytest.raises(ValueError, match="^lr=7: lr must be a position of its control"):
        explorer.put(lr=7)
    with pytest.raises(ValueError, match="^step=8: step must be a whole number from 0 to 7"):
        explorer.put(step=8)


# --- files -----------------------------------------------------------------------------------


@every_explorer
def test_a_page_holds_what_is_shown_and_of_a_veiled_explorer_the_scene_alone(kind, tmp_path):
    make, scene = MAKERS[kind]
    explorer, place = make(), tmp_path / "run.html"
    explorer.save(place)
    page, summary = place.read_text("utf-8"), html.escape(explorer.summary)
    saved, data = unpacked(page), explorer.plot.data
    assert summary in page and len(page) < 600_000
    assert saved["state"]["data"]["buffer"] == data["buffer"]
    assert saved["state"]["data"]["list"] == json.loads(json.dumps(data["list"]))
    frames, values = saved["state"]["frames"], explorer._values()
    if values is None:
        assert saved["hands"] == [] and frames == {}
    elif explorer.plot.program:  # all is live
        assert saved["state"]["program"] == json.loads(json.dumps(explorer.plot.program))
        assert [hand["value"] for hand in saved["hands"]] == explorer.settings()[:-1]
        labels = [label for label, _ in explorer.controls["lr"].options]
        assert saved["hands"][0]["options"] == labels
        assert saved["state"]["handles"] == explorer.plot.handles and saved["fixed"] == ""
        assert frames == {}
    else:
        assert len(frames["list"]) == len(saved["hands"][0]["options"]) == len(values)
        assert frames["settings"] == [saved["state"]["handles"]]
    explorer.veil(SENTENCE)
    explorer.save(place)
    page = place.read_text("utf-8")
    saved = unpacked(page)
    held = saved["state"]
    assert saved["hands"] == [] and saved["fixed"] == "" and held["veiled"]
    assert held["program"] == held["frames"] == held["images"] == {} and held["controls"] == []
    (frame,) = held["data"]["list"]
    assert set(frame["marks"]) == set(scene) and set(frame) <= {"marks", "texts", "summary"}
    rows = sum(place[1] * place[2] for place in frame["marks"].values())
    assert len(held["data"]["buffer"]) <= 4 * rows, "no numbers of a run"
    assert summary not in page and SENTENCE in page


@pytest.mark.parametrize("kind", ["line", "fit", "race"])
def test_a_veiled_picture_is_the_scene_alone(kind, tmp_path):
    explorer = MAKERS[kind][0]()
    explorer.save(tmp_path / "run.svg")
    whole = (tmp_path / "run.svg").read_text("utf-8")
    explorer.veil(SENTENCE)
    for name in ("veiled.png", "veiled.svg", "veiled.gif"):
        explorer.save(tmp_path / name)
    svg = (tmp_path / "veiled.svg").read_text("utf-8")
    for text in (whole, svg):
        ElementTree.fromstring(text)
    assert len(svg) < len(whole) and SENTENCE in svg
    assert not re.search(r">step \d", svg), "no numbers of a step"
    still = np.asarray(Image.open(io.BytesIO(explorer.still())).convert("RGB"))
    with Image.open(tmp_path / "veiled.png") as picture:
        np.testing.assert_array_equal(np.asarray(picture.convert("RGB")), still)
    with Image.open(tmp_path / "veiled.gif") as film:
        assert getattr(film, "n_frames", 1) == 1
        shown = np.asarray(film.convert("RGB")).astype(int)
        assert np.abs(shown - np.asarray(Image.fromarray(still).reduce(2))).mean() < 3


def run(steps=30, **more):
    return explore("ravine", [SGD, Momentum], steps=steps, start=(-7, 2), **more)


def film(explorer):
    found = []
    with Image.open(io.BytesIO(export.film(explorer.plot))) as pictures:
        for k in range(pictures.n_frames):
            pictures.seek(k)
            found.append((np.asarray(pictures.convert("RGB")), pictures.info["duration"]))
        return found, pictures.info["loop"]


def test_a_film_plays_the_steps_and_holds_the_last(monkeypatch):
    explorer = run()
    pictures, loop = film(explorer)
    assert [time for _, time in pictures] == [160] * 30 + [2500] and loop == 0
    for step in (0, 9, 30):
        picture, _ = pictures[step]
        shown = np.asarray(Image.fromarray(export._pixels(explorer.plot, step)).reduce(2))
        assert np.abs(picture - shown[..., :3].astype(int)).mean() < 2
        assert (picture[:5, :5] == 255).all(), "white stays white"
        star = np.abs(picture[150:210, 220:280].astype(int) - [255, 213, 74]).sum(axis=2) < 40
        assert step == 30 or star.sum() > 30, "and the star of the minimum yellow"
    any_picture = np.random.default_rng(0).integers(0, 256, (501, 8, 8, 4), np.uint8)
    monkeypatch.setattr(export, "_pixels", lambda _, step: any_picture[step])
    pictures, _ = film(run(500))
    assert len(pictures) == 41, "eight in a second for five seconds"


def test_a_film_of_moves_shows_each_and_leaves_the_explorer_where_it_was(tmp_path):
    explorer = run(10)
    before, path = state(explorer)[:4], tmp_path / "drag.gif"
    explorer.save(path, moves=[{"start": (-6, y), "step": 10} for y in (2, 1)])
    assert state(explorer)[:4] == before
    with Image.open(path) as pictures:
        assert pictures.n_frames == 2 and pictures.info["duration"] == 80
        for k, y in enumerate((2, 1)):
            pictures.seek(k)
            explorer.put(start=(-6, y), step=10)
            shown = np.asarray(pictures.convert("RGB")).astype(int)
            assert np.abs(shown - export.small(explorer.plot, 10).pixels()[..., :3]).mean() < 2
    with pytest.raises(ValueError, match=r"moves=.*path end in \.gif"):
        explorer.save(tmp_path / "drag.png", moves=[{"start": (-6, 2)}])
    with pytest.raises(TypeError, match="put takes"):
        explorer.save(path, moves=[{"start": (-7, 2)}, {"end": (1, 2)}])
    assert explorer.start == (-6, 1), "put back, whatever went wrong"


def test_the_marked_step_is_what_a_picture_shows():
    explorer = run(10)
    whole = explorer.plot.still_pixels().astype(int)
    explorer.plot.step = 4
    marked = explorer.plot.still_pixels().astype(int)
    path = explorer.paths["Momentum"].points
    ax = explorer.plot._axes[0][1]

    def seen(pixels, k):
        """How much of the rule's colour is at a step."""
        x, y = (ax.transData.transform(path[k]) * 2).round().astype(int)
        at = pixels[pixels.shape[0] - y, x, :3]
        return np.abs(at - np.array([0xCE, 0x56, 0])).sum()

    explorer.plot.step = -1
    assert seen(whole, 8) < 30 and seen(marked, 3) < 30 and seen(marked, 8) > 200
    np.testing.assert_array_equal(explorer.plot.still_pixels(), whole)
    explorer.plot.step = 10
    np.testing.assert_array_equal(explorer.plot.still_pixels(), whole)


def test_the_words_below_are_those_of_the_bar(tmp_path):
    values = [0.1, -7, 1234567, 1e-5, 99999.6, 12345, 2.0625, -2.0625, 0, -0.0, 1.125e-7]
    values += (np.random.default_rng(0).normal(size=60) * 10.0 ** np.arange(-30, 30)).tolist()
    values = np.array(values, np.float32).tolist()
    shutil.copy(LIVE / "geometry.js", tmp_path / "geometry.mjs")
    call = f"""import {{ told }} from "./geometry.mjs";
        console.log(JSON.stringify({json.dumps(values)}.map((v) => told(v, 3, null))));"""
    command = [NODE, "--input-type=module", "--eval", call]
    done = subprocess.run(command, capture_output=True, check=True, cwd=tmp_path)
    said = json.loads(done.stdout)
    assert [export._told(v, 3, None) for v in values] == said
    assert export._told(np.nan, 3, None) == "–" and export._told(1e60, 3, None) == "1e+60"
    assert export._told(1.0, 3, (3, "undefined")) == "undefined"
    assert export._told(1.0, 3, (4, "undefined")) == "1"
    explorer = run()
    explorer.plot.step = 7
    at = [explorer.paths[name].losses[7] for name in ("SGD", "Momentum")]
    words = f"step 7 of 30 · SGD {at[0]:.4g} · Momentum {at[1]:.4g}"
    assert export._lines(explorer.plot, 7, 920) == [words]
    narrow = [export._lines(explorer.plot, step, 200) for step in (0, 7, 30)]
    assert len({len(lines) for lines in narrow}) == 1, "the film does not jump"


def test_no_text_of_a_learner_becomes_markup(tmp_path):
    evil = '</script><img src=x onerror="alert(1)">&'
    mine = Function(evil, "x^2", lambda x: x * x, domain=(-2, 2))  # only Python can run it
    explorer = explore(mine, start=1.5)
    explorer.controls["steps"].description = evil
    explorer._update()
    explorer.save(tmp_path / "run.html")
    explorer.save(tmp_path / "run.svg")
    page = (tmp_path / "run.html").read_text("utf-8")
    assert "<img" not in page and page.count("</script>") == 2
    assert unpacked(page)["fixed"].startswith(f"What else is set: {evil} 30, start point (1.5)")
    svg = (tmp_path / "run.svg").read_text("utf-8")
    title = ElementTree.fromstring(svg).find("{http://www.w3.org/2000/svg}title").text
    assert evil in title


def test_one_script_serves_many_fragments():
    script, look = export.script(), export.look()
    assert "</script" not in script and "import " not in script and "export " not in script
    assert "</style" not in look and script.count("class View") == 1
    page = export.page(run().plot).decode()
    assert page.count(script) == 1 and look in page
    assert re.findall(r"https?:[^\"]*", page) == ["http://www.w3.org/2000/svg"], "a name alone"


def test_what_stands_fixed_is_said_in_words():
    explorer = explore("ravine", "Adam", lr=0.2, start=(-7, 2), steps=20, inspect=True)
    assert unpacked(export.page(explorer.plot).decode())["fixed"] == (
        "What else is set: steps 20, β₁ 0.9, β₂ 0.999, bias correction on, start point (-7, 2)."
    )


@pytest.mark.parametrize(("explorer", "what"), [
    (MAKERS["family"][0], "The card of the method is shown"),
    (lambda: explorers.BoundaryExplorer(LETTERS, batch_size=None), "The network trains"),
])  # fmt: skip
def test_what_the_page_of_an_explorer_leaves_out_is_said(explorer, what):
    said = unpacked(saving.made(explorer(), "html").decode())["fixed"]
    assert said.endswith(f". {what} in the notebook alone.")


def test_what_a_page_leaves_out_is_said_and_the_inspector_is_not_left_out(tmp_path):
    surface = SurfaceExplorer("ravine", SGD, steps=5)
    surface.save(tmp_path / "run.html")
    said = unpacked((tmp_path / "run.html").read_text("utf-8"))["fixed"]
    assert said == (
        "What else is set: steps 5, start point (-7, 2). "
        "The surface in three dimensions is drawn in the notebook alone."
    )
    surface.veil("Not yet.")
    surface.save(tmp_path / "run.html")
    assert unpacked((tmp_path / "run.html").read_text("utf-8"))["fixed"] == ""
    inspected = unpacked(export.page(explore("ravine", SGD, inspect=True).plot).decode())
    frames = inspected["state"]["frames"]
    assert all(frame["formula"]["numbers"] for frame in frames["list"]) and "<math" in str(frames)


def test_a_handle_that_chooses_what_the_slider_does_is_left_out():
    explorer = MAKERS["family"][0]()
    saved = unpacked(export.page(explorer.plot).decode())
    assert saved["state"]["handles"] == {"method": [], "start": [-7, 2]}
    assert saved["fixed"] == "What else is set: start point (-7, 2)."


def test_where_frames_have_no_images_in_common_nothing_slides():
    explorer, grid = run(gradient=functions.ravine.gradient), np.zeros((2, 2, 4), np.uint8)
    explorer.plot.add("image", "tiles", explorer.plot._axes[0][1])
    frames = [frame | {"tiles": grid} for frame in explorer.frames(explorer._values())]
    for tiles, slides in ((grid, True), (grid + 1, False)):
        frames[0]["tiles"] = tiles
        explorer.plot.show_frames(frames, explorer.plot.settings())
        assert bool(unpacked(export.page(explorer.plot).decode())["hands"]) is slides


def test_frames_that_are_not_computed_yet_are_computed_for_the_page(tmp_path):
    explorer = run(gradient=functions.ravine.gradient)
    explorer.plot.frames = {}
    explorer.save(tmp_path / "run.html")
    saved = unpacked((tmp_path / "run.html").read_text("utf-8"))
    assert len(saved["state"]["frames"]["list"]) == len(explorer._values())
    run().save(tmp_path / "run.html")
    saved = unpacked((tmp_path / "run.html").read_text("utf-8"))
    assert saved["state"]["frames"] == {}, "where the page makes them, there are none"
    assert len(saved["state"]["program"]["band"]["rules"]) == 2


# --- what is refused -------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["run", "run.pdf", "", "nowhere/run.png", "folder.png", ".png"])
def test_a_place_that_cannot_be_written_is_told(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(ValueError, match=re.escape(f"path={path!r}: path must be {saving.PLACE}")):
        run().save(path)
    assert [p.name for p in tmp_path.iterdir()] == ["folder.png"]


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path, monkeypatch):
    place = tmp_path / "run.PNG"
    place.write_bytes(b"mine")
    explorer = run()
    with monkeypatch.context() as broken:
        broken.setattr(saving.os, "replace", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            explorer.save(place)
    with monkeypatch.context() as broken:
        broken.setattr(saving, "made", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            explorer.save(place)
    assert place.read_bytes() == b"mine" and len(list(tmp_path.iterdir())) == 1
    explorer.save(str(place))
    assert place.read_bytes()[:4] == b"\x89PNG" and len(list(tmp_path.iterdir())) == 1


# --- the menu of the bar ---------------------------------------------------------------------


def test_the_menu_is_answered_with_files_code_and_what_went_wrong(monkeypatch):
    explorer, told = run(), []
    monkeypatch.setattr(type(explorer.plot), "send", lambda _, *said: told.append(said))
    kinds = [kind for kind, _ in explorer.plot.menu]
    assert kinds == ["png", "svg", "gif", "html", "code"]
    for kind in kinds[:2]:
        explorer.plot._handle_custom_msg({"kind": kind}, [])
    (png, (picture,)), (svg, (vectors,)) = told
    assert (png["name"], png["type"]) == ("run.png", "image/png") and picture[:4] == b"\x89PNG"
    assert (svg["name"], svg["type"]) == ("run.svg", "image/svg+xml") and b"<svg" in vectors
    explorer.plot._handle_custom_msg({"kind": "code"}, [])
    assert told[-1] == ({"kind": "code", "text": explorer.code()},)
    monkeypatch.setattr(export, "film", lambda _: 1 / 0)
    explorer.plot._handle_custom_msg({"kind": "gif"}, [])
    assert told[-1] == ({"kind": "failed", "text": "ZeroDivisionError: division by zero"},)
    count = len(told)
    for unknown in ({"kind": "/etc/passwd"}, {}, {"kind": "here"}):
        explorer.plot._handle_custom_msg(unknown, [])
    assert len(told) == count


def test_reset_puts_all_back():
    explorer = run()
    first = state(explorer)
    explorer.put(lr=0.2, steps=12, momentum=0.5, start=(1, 1))
    explorer.plot._handle_custom_msg({"kind": "reset"}, [])
    assert state(explorer) == first
