"""Predictions, targets, checks, quiz and progress page of a lesson, as a learner uses them."""

import json
import re

import numpy as np
import pytest

from optimlab import SGD, explore, functions
from optimlab.draw.live.live import VIEW
from optimlab.explorers import SecantExplorer
from optimlab.lessons import (
    Choice,
    Exercise,
    Lesson,
    Number,
    Point,
    Progress,
    Question,
    SeriesBoard,
    Sketch,
)
from optimlab.lessons.card import Card, rich, text
from optimlab.lessons.judging.reading import source_of


def one_third():
    return 1 / 3


STEPS = {"4.8": "Uphill.", "3.2": "Rate times slope.", "3.8": "The slope is missing."}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "optimlab-progress.json"


@pytest.fixture
def lesson(path):
    return Lesson("99", Progress(path))


def again(lesson):
    """The same lesson in a new kernel."""
    return Lesson(lesson.number, Progress(lesson.store.path))


def run(**more):
    return explore(functions.parabola, SGD, **{"lr": 0.2, "start": 4, "steps": 10} | more)


def ask_step(lesson, **more):
    return lesson.predict("step", run(), Choice(STEPS, "3.2", **more))


def stored(lesson, kind="predictions", name="step"):
    return json.loads(lesson.store.path.read_text())["lessons"][lesson.number][kind][name]


def part(card, name):
    return next(p for p in card.parts if p.get("name") == name)


def labels(card):
    return [item["label"] for p in card.parts if p["kind"] == "buttons" for item in p["items"]]


# Predict -------------------------------------------------------------------------------------


def test_the_run_is_hidden_until_the_question_is_answered(lesson):
    asked = ask_step(lesson)
    assert asked.explorer.veiled and labels(asked.card) == ["Show me", "Skip"]
    assert part(asked.card, "answer")["options"] == ["(a) 4.8", "(b) 3.2", "(c) 3.8"]
    assert asked.card.parts[-1]["items"][0]["off"]
    asked.card.act("show")  # nothing to compare yet
    assert asked.explorer.veiled
    asked.card.act("answer", 0)
    assert asked.explorer.veiled and asked.card.parts[-1]["items"][0]["primary"]
    asked.card.act("show")
    assert not asked.explorer.veiled and asked.explorer.summary.startswith("SGD")


def test_the_gap_is_stated_and_each_answer_has_its_reply(lesson):
    asked = ask_step(lesson, fact=lambda e: f"x₁ is {e.paths['SGD'].points[1]:g}.")
    asked.card.act("answer", 2)
    asked.card.act("show")
    said = asked.card.said()
    assert said == (
        "You said “3.8”. The slope is missing.\nIt was “3.2”. Rate times slope. x₁ is 3.2."
    )
    assert part(asked.card, "answer")["tones"] == ["plain", "good", "bad"]
    assert part(asked.card, "answer")["locked"]


def test_who_is_right_hears_why(lesson):
    asked = ask_step(lesson)
    asked.card.act("answer", 1)
    asked.card.act("show")
    assert asked.card.said() == "You said “3.2”. So it was. Rate times slope."
    assert part(asked.card, "gap")["tone"] == "good"
    assert stored(lesson)["right"] is True


def test_skipping_is_one_click(lesson):
    asked = ask_step(lesson)
    asked.card.act("answer", 0)
    asked.card.act("skip")
    assert not asked.explorer.veiled
    assert asked.card.said() == "You skipped this one. It was “3.2”. Rate times slope."
    assert "Done: predictions 1 of 1 (1 skipped)." in lesson.progress().said()
    entry = stored(lesson)
    assert entry["skipped"] and not entry["right"] and "answer" not in entry
    restored = ask_step(again(lesson))
    assert restored.skipped and not restored.explorer.veiled


def test_an_answer_can_be_changed_until_the_run_is_shown(lesson):
    asked = ask_step(lesson)
    for choice in (0, 2, 1):
        asked.card.act("answer", choice)
    assert stored(lesson)["answer"] == "3.2"
    asked.card.act("show")
    asked.card.act("answer", 0)
    asked.card.act("skip")
    assert stored(lesson)["answer"] == "3.2" == asked.answer and not asked.skipped


def test_answers_survive_the_kernel(lesson):
    asked = ask_step(lesson)
    asked.card.act("answer", 2)
    restored = ask_step(again(lesson))
    assert restored.answer == "3.8" and restored.explorer.veiled
    assert part(restored.card, "answer")["value"] == 2
    restored.card.act("show")
    restored.card.act("why", "I forgot the slope.")
    last = ask_step(again(lesson))
    assert not last.explorer.veiled and part(last.card, "why")["value"] == "I forgot the slope."
    assert "You said “3.8”" in last.card.said() and stored(lesson)["why"] == "I forgot the slope."


@pytest.mark.parametrize("foreign", ["9.9", 3, None, ["3.2"], {"a": 1}])
def test_a_stored_answer_that_is_none_of_the_options_is_no_answer(lesson, foreign):
    lesson.update("predictions", "step", answer=foreign, why=3)
    asked = ask_step(lesson)
    assert asked.answer is None and asked.explorer.veiled


def mark(asked, name):
    notes = asked.explorer.plot._notes
    return np.asarray(notes[name][0] if name == "your words" else notes[name])


def test_a_question_that_has_changed_is_asked_anew(lesson):
    lesson.update("predictions", "step", answer="5.2", said="5.2", revealed=True, right=True)
    asked = ask_step(lesson)
    assert not asked.revealed and asked.explorer.veiled and asked.answer is None


CHANGED = "This question has changed since you answered it: you said “{}” then."


def test_an_answer_to_a_question_that_has_changed_says_so(lesson):
    """As the file of 0.1 has it, with all its fields."""
    was = {"said": "5.2", "revealed": True, "skipped": False, "right": True, "truth": "5.2"}
    lesson.update("predictions", "step", answer="5.2", why="So.", when="2025-01-01T10:00", **was)
    asked, page = ask_step(lesson), lesson.progress()
    assert asked.card.said() == CHANGED.format("5.2")
    assert not any(p.get("tone") == "bad" for p in asked.card.parts)
    assert "Done: predictions 0 of 1." in page.said() and "✓" not in page.said()
    assert "not yet; before the question changed: 5.2" in page.said()
    asked.card.act("answer", 0)
    assert asked.card.said() == "" and not asked.revealed
    assert set(stored(lesson)) == {"answer", "said", "why", "when"}
    assert not ask_step(again(lesson)).revealed, "what was revealed was the former question"
    asked.card.act("show")
    assert "You said “4.8”" in asked.card.said() and stored(lesson)["right"] is False


def test_a_question_of_another_kind_says_so_too(lesson):
    place = Point(1.0, lambda e: e.paths["SGD"].end, within=0.1)
    curve = Sketch(range(11), lambda e: e.paths["SGD"].losses, within=1)
    for kept, said, questions in [
        (3.2, "3.2", [Choice(STEPS, "3.2"), place, curve]),
        ("3.2", "3.2", [Number("Where?", 3.2, 0.1), place, curve]),
        ([3.2, 1.0], "(3.2, 1)", [Choice(STEPS, "3.2"), Number("Where?", 3.2, 0.1), place, curve]),
    ]:
        for question in questions:
            lesson.update("predictions", "step", answer=kept, said=said, revealed=True, right=False)
            asked = lesson.predict("step", run(), question)
            assert CHANGED.format(said) in asked.card.said(), (kept, question)
            assert not asked.revealed and asked.explorer.veiled
            assert not any(p.get("tone") == "bad" for p in asked.card.parts)
            asked.card.act("skip")
            assert "changed" not in asked.card.said() and stored(lesson)["skipped"]


def test_two_cards_of_one_question_agree(lesson):
    one, two = ask_step(lesson), ask_step(lesson)
    one.card.act("answer", 2)
    assert two.answer == "3.8" and part(two.card, "answer")["value"] == 2
    two.card.act("answer", 1)
    two.card.act("show")
    assert one.revealed and not one.explorer.veiled and one.card.said() == two.card.said()
    one.card.act("answer", 0)
    one.card.act("skip")
    assert stored(lesson)["answer"] == "3.2" and stored(lesson)["right"]
    one.card.act("why", "Because.")
    assert part(two.card, "why")["value"] == "Because."


def test_a_card_sees_what_another_kernel_has_kept(lesson):
    asked, other = ask_step(lesson), ask_step(again(lesson))
    other.card.act("answer", 1)
    other.card.act("show")
    asked.card.act("answer", 0)
    assert asked.revealed and asked.answer == "3.2" and stored(lesson)["answer"] == "3.2"


def test_words_bring_back_an_answer_that_was_removed_meanwhile(lesson):
    asked = ask_step(lesson)
    asked.card.act("answer", 2)
    asked.card.act("show")
    lesson.store.path.unlink()
    asked.card.act("why", "I forgot.")
    entry = stored(lesson)
    assert entry["answer"] == "3.8" and entry["revealed"] and entry["why"] == "I forgot."


@pytest.mark.parametrize("how", ["lesson", "store", "board"])
def test_every_way_to_start_over_asks_anew_from_the_first_settings(lesson, how, tmp_path):
    asked = ask_step(lesson, at={"4.8": 4.8, "3.2": 3.2})
    asked.card.act("answer", 0)
    asked.card.act("show")
    asked.explorer.controls["lr"].value, asked.explorer.start = 0.5, 1.0
    if how == "board":
        page = SeriesBoard(lesson.store, tmp_path)
        page.act("reset")
        page.act("forget")
    else:
        lesson.reset() if how == "lesson" else lesson.store.reset()
    assert asked.explorer.veiled and not asked.revealed and asked.card.said() == ""
    asked.card.act("skip")
    assert asked.explorer["lr"] == 0.2 and asked.explorer.start == 4.0
    assert asked.explorer.summary.startswith("SGD with learning rate 0.2 went from 4 ")


def test_the_gap_is_shown_beside_the_run_in_question_alone(lesson):
    asked = ask_step(lesson, at={"4.8": 4.8, "3.2": 3.2})
    asked.card.act("answer", 0)
    asked.card.act("show")
    notes = asked.explorer.plot._notes
    asked.explorer.controls["lr"].value = 0.1
    assert set(notes) == {"your answer", "your words"}
    asked.explorer.controls["lr"].value = 0.2
    assert set(notes) == {"your answer", "your words", "your gap", "your gap's end"}
    np.testing.assert_allclose(mark(asked, "your gap's end"), [[3.2, functions.parabola(3.2)]])


def test_a_choice_with_a_place_is_drawn_beside_the_truth(lesson):
    asked = ask_step(lesson, at={"4.8": 4.8, "3.2": 3.2})
    before = asked.explorer.plot.still()
    asked.card.act("answer", 0)
    assert asked.explorer.plot._notes == {} and asked.explorer.plot.still() == before
    asked.card.act("show")
    f = functions.parabola
    np.testing.assert_allclose(mark(asked, "your answer"), [[4.8, f(4.8)]])
    np.testing.assert_allclose(mark(asked, "your gap"), [[4.8, f(4.8)], [3.2, f(3.2)]])
    shown = asked.explorer.plot.still()
    asked.explorer.controls["lr"].value = 0.1
    np.testing.assert_allclose(mark(asked, "your answer"), [[4.8, f(4.8)]])
    assert shown != before


def test_a_number_is_compared_with_the_run_and_drawn_as_a_line(lesson):
    question = Number(
        "Loss after ten steps", lambda e: e.paths["SGD"].losses[-1], within=0.01, along="y",
        panel=1, replies=[(6, "That is the loss at the start.")],
    )  # fmt: skip
    asked = lesson.predict("loss", run(), question)
    for wrong in ("abc", "nan", "inf", "1 2", "1e999"):
        asked.card.act("answer", wrong)
        assert "is not a number" in part(asked.card, "complaint")["html"] and asked.answer is None
    asked.card.act("answer", "6,0")
    assert asked.answer == 6 and asked.explorer.veiled
    for other in ("six", "1,000", " "):  # what is no longer there is not shown
        asked.card.act("answer", other)
        assert asked.answer is None and asked.card.parts[1]["items"][0]["off"]
    for form in ("６", " 6 ", "6e0", "+6"):
        asked.card.act("answer", form)
        assert asked.answer == 6
    asked.card.act("show")
    truth = 2 + 4 * 0.36**10
    assert asked.card.said() == (
        f"You said 6. It is {truth:.4g}: {6 - truth:.4g} too much. That is the loss at the start."
    )
    line = mark(asked, "your answer")
    assert line[:, 1].tolist() == [6, 6]
    assert asked.explorer.plot.marks[-1]["axes"] == 1


@pytest.mark.parametrize(
    ("said", "along", "words"),
    [("99", "y", "you said 99 ↑"), ("-99", "x", "you said -99 ←"), ("3", "x", "you said")],
)
def test_a_number_outside_the_picture_stands_at_its_edge(lesson, said, along, words):
    asked = lesson.predict("n", run(), Number("n", 2, 0.1, along=along))
    asked.card.act("answer", said)
    asked.card.act("show")
    (point, *_), (text, *_) = asked.explorer.plot._notes["your words"]
    ax = asked.explorer.plot._axes[0][1]
    low, high = ax.get_xlim() if along == "x" else ax.get_ylim()
    assert text == words and point[int(along == "y")] == min(max(float(said), low), high)
    assert ("your answer" in asked.explorer.plot._notes) == (said == "3")
    assert asked.explorer.plot.notes["list"][0]["texts"] == {"your words": [words]}


@pytest.mark.parametrize(("said", "on_the_right"), [("3", True), ("6", False)])
def test_the_words_beside_a_number_keep_off_the_curve(lesson, said, on_the_right):
    """It falls from 6 on the left, through 3 at once."""
    asked = lesson.predict("n", run(), Number("n", 2, 0.1, along="y", panel=1))
    asked.card.act("answer", said)
    asked.card.act("show")
    notes = asked.explorer.plot.notes
    at, rows, _ = notes["list"][0]["marks"]["your words"]
    assert rows == 1
    assert (np.frombuffer(notes["buffer"], "f4")[at] > 0.5) == on_the_right


@pytest.mark.parametrize(("said", "right"), [("2.0001", True), ("2.05", False)])
def test_a_number_near_enough_is_right(lesson, said, right):
    question = Number("Loss", lambda e: e.paths["SGD"].losses[-1], within=0.01)
    asked = lesson.predict("loss", run(), question)
    asked.card.act("answer", said)
    asked.card.act("show")
    assert stored(lesson, name="loss")["right"] is right
    assert ("as near as can be asked" in asked.card.said()) is right


def test_a_point_is_placed_in_the_picture(lesson):
    asked = lesson.predict(
        "end",
        explore(functions.wave, SGD, lr=0.25, start=2.5, steps=10),
        Point(1.0, lambda e: e.paths["SGD"].end, within=0.1),
    )
    assert "not placed yet" in asked.card.said()
    plot = asked.explorer.plot
    plot.handles = plot.handles | {"guess": [4.2]}
    assert asked.answer == [4.2] and asked.explorer.veiled
    restored = again(lesson).store.get("99", "predictions", "end")
    assert restored["answer"] == [4.2]
    asked.card.act("show")
    assert asked.card.said() == "You said 4.2. It is 4.913, 0.7132 further right."
    wave = functions.wave
    np.testing.assert_allclose(
        mark(asked, "your gap"), [[4.2, wave(4.2)], [4.9132, wave(4.9132)]], atol=1e-4
    )
    plot.handles = plot.handles | {"guess": [1.0]}
    assert stored(lesson, name="end")["answer"] == [4.2], "what was shown stays"


def test_a_skipped_point_leaves_no_diamond_until_it_is_asked_anew(lesson):
    asked = lesson.predict("end", run(), Point(1.0, lambda e: e.paths["SGD"].end, within=0.1))
    plot = asked.explorer.plot
    asked.card.act("skip")
    assert plot.handles["guess"] == [] and plot.handles["start"] == [4.0]
    assert asked.card.said() == "You skipped this one. It is 2.012."
    lesson.reset()
    assert plot.handles["guess"] == [1.0] and asked.answer is None and asked.explorer.veiled
    assert lesson.store.get("99", "predictions", "end") == {}


def test_a_point_on_a_surface(lesson):
    asked = lesson.predict(
        "end",
        explore(functions.bowl, SGD, lr=0.1, start=(0, 4), steps=50),
        Point((1, 1), lambda e: e.paths["SGD"].end, within=0.3),
    )
    plot = asked.explorer.plot
    plot.handles = plot.handles | {"guess": [2.0, 2.5]}
    asked.card.act("show")
    assert asked.card.said() == "You said (2, 2.5). It is (2, 2), 0.5 away."
    assert stored(lesson, name="end")["right"] is False


def test_a_sketch_is_kept_column_by_column(lesson):
    def ask(lesson):
        question = Sketch(range(11), lambda e: e.paths["SGD"].losses, within=0.5)
        return lesson.predict("sketch", run(lr=0.9), question)

    asked = ask(lesson)
    asked.explorer.plot.drawn = [6, 2.5, 5] + [None] * 8
    assert "Drawn: 3 of 11" in asked.card.said()
    restored = ask(again(lesson))
    assert restored.explorer.plot.drawn == [6, 2.5, 5] + [None] * 8
    restored.card.act("show")
    assert restored.card.said() == (
        "Your sketch is furthest off at step 1: you drew 2.5, the run had 4.56."
    )
    part_of_it = ask(Lesson("07", lesson.store))
    part_of_it.explorer.plot.drawn = [6] + [None] * 10
    part_of_it.card.act("show")
    assert part_of_it.card.said() == "What you drew fits, but it is only 1 of 11 points."
    assert not stored(part_of_it.lesson, name="sketch")["right"]
    whole = ask(Lesson("06", lesson.store))
    whole.explorer.plot.drawn = (2 + 4 * 0.64 ** np.arange(11) + 0.3).tolist()
    whole.card.act("show")
    assert "never more than 0.3 off" in whole.card.said()
    whole.lesson.reset()
    assert whole.explorer.plot.drawn == [] and whole.answer is None and whole.explorer.veiled


def test_a_prediction_without_a_picture(lesson):
    asked = lesson.predict("sign", Choice({"left": "Yes.", "right": "No."}, "left"))
    assert labels(asked.card) == ["Show me", "Skip"]
    asked.card.act("answer", 1)
    asked.card.act("show")
    assert asked.card.said() == "You said “right”. No.\nIt was “left”. Yes."


def test_the_stored_output_shows_the_scene_alone(lesson):
    asked = ask_step(lesson)
    veiled, _ = asked.explorer._repr_mimebundle_()
    assert veiled[VIEW]["model_id"] == asked.explorer.model_id
    assert veiled["text/plain"].startswith("The rest appears")
    bare = explore(functions.parabola, SGD, lr=0.2, start=4, steps=10)
    bare.veil("hidden")
    assert veiled["image/png"] == bare._repr_mimebundle_()[0]["image/png"]
    asked.card.act("skip")
    assert asked.explorer._repr_mimebundle_()[0]["image/png"] != veiled["image/png"]


def test_the_stored_card_lists_what_is_asked(lesson):
    asked = ask_step(lesson)
    data = asked.card._repr_mimebundle_()[0]
    listed = "Prediction “step”. Not answered yet.\n\n- (a) 4.8\n- (b) 3.2\n- (c) 3.8"
    assert data["text/markdown"] == data["text/plain"] == listed == repr(asked)
    asked.card.act("skip")
    assert asked.card._repr_mimebundle_()[0]["text/plain"].startswith("You skipped this one.")


def test_a_prediction_shows_itself_as_card_and_picture(lesson, monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    asked, bare = ask_step(lesson), lesson.predict("sign", Choice(STEPS, "3.2"))
    asked._ipython_display_()
    bare._ipython_display_()
    assert shown == [asked.card, asked.explorer, bare.card]


def test_an_explorer_of_another_kind(lesson):
    question = Number("Slope at h = 0.5", lambda e: e.slopes(0.5)[0], within=0.05)
    asked = lesson.predict("secant", SecantExplorer(functions.cubic, x=0.5, h=1.0), question)
    asked.card.act("answer", "3.25")
    asked.card.act("show")
    assert asked.card.said() == "You said 3.25. It is."


@pytest.mark.parametrize(
    ("kind", "more", "complaint"),
    [
        (Choice, {"options": STEPS, "right": "3"}, "right='3': right must be one of"),
        (Choice, {"options": ["a", "b"], "right": "a"}, "options must be a dict"),
        (Choice, {"options": {"a": "one"}, "right": "a"}, "options must be a dict of at least two"),
        (Choice, {"options": {"a": "one", "b": ""}, "right": "a"}, "options['b']='': "),
        (Choice, {"options": STEPS, "right": "3.2", "at": {"4": 1}}, "at='4': at must be one of"),
        (Choice, {"options": STEPS, "right": "3.2", "fact": 3}, "fact=3: fact must be a sentence"),
        (Choice, {"options": STEPS, "right": "3.2", "panel": -1}, "panel=-1"),
        (Number, {"label": "n", "right": 3, "within": None}, "within=None"),
        (Number, {"label": "n", "right": 3, "within": -1}, "within=-1"),
        (Number, {"label": "n", "right": 3, "within": 1, "along": "z"}, "along='z'"),
        (Number, {"label": 3, "right": 3, "within": 1}, "label=3"),
        (Number, {"label": "n", "right": 3, "within": 1, "replies": [3]}, "replies: 3 is no pair"),
        (Number, {"label": "n", "right": 3, "within": 1, "replies": [(1, 2)]}, "replies=2"),
        (Number, {"label": "n", "right": 3, "within": 1, "replies": [(2, "x")]}, "2 is right, so"),
        (Number, {"label": "n", "right": 3, "within": 1, "replies": [(9, "x"), (9, "y")]},
         "replies: there are two to 9"),
        (Point, {"start": 1.0, "right": 3, "within": 1}, "right=3: right must be a function"),
        (Point, {"start": "x", "right": len, "within": 1}, "start='x'"),
        (Sketch, {"columns": [0, 1], "right": [3, 4], "within": 1}, "right must be a function"),
        (Sketch, {"columns": [], "right": len, "within": 1}, "columns=[]"),
    ],
)
def test_a_teachers_slip_is_named(kind, more, complaint):
    with pytest.raises((TypeError, ValueError), match=re.escape(complaint)):
        kind(**more)


@pytest.mark.parametrize(
    ("explorer", "question", "complaint"),
    [
        (False, None, "lesson 99 has no key, so predict takes the question besides"),
        (False, Point(1.0, len, 1), "predict('x'): a Point needs an explorer"),
        (False, Sketch([0, 1], len, 1), "predict('x'): a Sketch needs an explorer"),
        (True, "left", "question='left': question must be a question such as Choice"),
        (False, Number("n", float("nan"), 1), "right: it gives nan"),
        (True, Sketch([0, 1], lambda e: [3], 1), "must give 2 finite numbers"),
        (True, Choice(STEPS, "3.2", panel=2), "panel=2: panel must be a whole number from 0 to 1"),
    ],
)
def test_a_question_that_cannot_be_asked_is_named(lesson, explorer, question, complaint):
    with pytest.raises((TypeError, ValueError), match=re.escape(complaint)):
        if explorer:
            lesson.predict("x", run(), question)
        else:
            lesson.predict("x", None, question)


def test_what_is_no_explorer_is_named(lesson):
    with pytest.raises(TypeError, match="explorer='left': explorer must be an explorer"):
        lesson.predict("x", "left")


@pytest.mark.parametrize("name", ["", " ", None, 3])
def test_a_question_needs_a_name(lesson, name):
    with pytest.raises((TypeError, ValueError), match="name="):
        lesson.predict(name, Choice(STEPS, "3.2"))


KINDS = [
    (Choice(STEPS, "3.2"), 1, "3.8"),
    (Number("Where?", 3.2, 0.1), "5", 5.0),
    (Point(1.0, lambda e: e.paths["SGD"].end, within=0.1), [3.0], [3.0]),
    (Point((1, 1), lambda e: (2, 2), within=0.1), [3.0, 1.0], [3.0, 1.0]),
    (Sketch([0, 1], lambda e: [6.0, 3.4], within=0.1), [5.0, None], [5.0, None]),
]


def test_every_kind_is_tried():
    kinds = {kind for kind in Question.__subclasses__() if kind.__module__.startswith("optimlab.")}
    assert {type(kind) for kind, *_ in KINDS} == kinds


@pytest.mark.parametrize(("kind", "sent", "answer"), KINDS)
def test_what_every_kind_can_do(kind, sent, answer):
    explorer = run()
    truth, read = kind.truth(explorer), kind.read(2 if sent == 1 else sent)
    assert read == answer == kind.valid(json.loads(json.dumps(read)))
    for foreign in (None, "of another question", {}, [None], [1, 2, 3], True, [True, "x"]):
        assert kind.valid(foreign) is None
    assert kind.words(answer) and isinstance(kind.words(answer), str)
    assert kind.is_right(answer, truth) is False and "You" in kind.gap(answer, truth)
    assert kind.gap(None, truth).startswith("You skipped this one.")
    assert kind.asked() and isinstance(kind.asked(), str)
    assert all(part["kind"] in ("choices", "number", "text") for part in kind.ask(answer, 0, truth))
    assert kind.fact is None and kind.why is None and kind.panel == type(kind).usual_panel


def test_a_kind_must_bring_what_the_form_says():
    class Guess(Question):
        def truth(self, explorer):
            return 1

    with pytest.raises(TypeError, match="asked"):
        Guess()


# Where answers cannot be kept --------------------------------------------------------------------


def test_trouble_with_the_file_is_said_and_no_answer_is_lost(lesson, monkeypatch):
    import os

    asked = ask_step(lesson)

    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", full)
        asked.card.act("answer", 2)
        assert "No space left" in part(asked.card, "trouble")["html"]
        asked.card.act("show")
        assert asked.answer == "3.8" and not asked.explorer.veiled
        assert lesson.store.get("99", "predictions", "step")["answer"] == "3.8"
    asked.card.act("why", "words")
    assert not any(p.get("name") == "trouble" for p in asked.card.parts)
    assert stored(lesson)["answer"] == "3.8" and stored(lesson)["why"] == "words"


def test_memory_only_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    asked = ask_step(Lesson("99"))  # conftest.py: OPTIMLAB_PROGRESS is empty
    asked.card.act("answer", 0)
    asked.card.act("show")
    assert list(tmp_path.iterdir()) == [] and asked.lesson.store.path is None
    asked.lesson.reset()


# Targets ---------------------------------------------------------------------------------------


def test_a_target_that_was_reached_counts(lesson):
    explorer = lesson.target("four steps", run(steps=4, target=(2.0001, 4)))
    assert lesson.store.get("99", "targets", "four steps") == {}
    explorer.controls["lr"].value = 0.5
    entry = stored(lesson, "targets", "four steps")
    assert entry["reached"] is True and "learning rate 0.5" in entry["with"]
    explorer.controls["lr"].value = 0.1
    assert stored(lesson, "targets", "four steps")["reached"] is True


def test_a_target_counts_again_after_a_reset(lesson):
    explorer = lesson.target("four steps", run(steps=4, target=(2.0001, 4)))
    explorer.controls["lr"].value = 0.5
    lesson.reset()
    assert lesson.store.get("99", "targets", "four steps") == {}
    explorer.controls["steps"].value = 5
    assert stored(lesson, "targets", "four steps")["reached"] is True


def test_a_target_under_a_prediction_counts_once_the_run_is_shown(lesson):
    asked = lesson.target(
        "goal",
        lesson.predict("p", run(lr=0.5, target=(2.01, 4)), Choice(STEPS, "3.2")),
    )
    assert lesson.store.get("99", "targets", "goal") == {}
    asked.card.act("skip")
    asked.explorer.controls["lr"].value = 0.6
    asked.explorer.controls["lr"].value = 0.5
    assert stored(lesson, "targets", "goal")["reached"] is True


def test_a_target_that_is_reached_from_the_start_is_none(lesson):
    with pytest.raises(ValueError, match="reached before anything was moved"):
        lesson.target("goal", run(lr=0.5, target=(2.01, 4)))


def test_only_an_explorer_has_a_target(lesson):
    with pytest.raises(TypeError, match="explorer=3"):
        lesson.target("goal", 3)


# Exercises ---------------------------------------------------------------------------------------


@pytest.fixture
def third(lesson):
    lesson.exercise("third", Exercise(
        one_third, [(3, "Upside down."), (1 / 6, "Halved once too often."), (2, "The top.")],
        hints=["Think of a cake.", "1 over 3."],
    ))  # fmt: skip
    return lesson




def test_a_check_says_and_keeps_what_it_saw(third):
    assert third.check("third", ...).said() == "Not answered yet."
    assert third.store.get("99", "exercises", "third") == {}
    assert third.check("third", 3).said() == "Upside down."
    entry = stored(third, "exercises", "third")
    assert entry == {"tries": 1, "said": "Upside down.", "answer": "3", "passed": False}
    right = third.check("third", 0.3333)
    assert right.verdict.passed and stored(third, "exercises", "third")["passed"]
    third.check("third", 7)
    entry = stored(third, "exercises", "third")
    assert entry["tries"] == 3 and entry["passed"], "what was passed once stays passed"


def test_hints_come_one_at_a_time(third):
    card = third.check("third", ...)
    assert labels(card) == ["Hint 1 of 2", "Show the solution"] and "cake" not in card.said()
    card.act("hint")
    assert "Hint 1: Think of a cake." in card.said() and "over" not in card.said()
    card = third.check("third", 3)  # what was shown stays shown
    assert "cake" in card.said() and labels(card) == ["Hint 2 of 2", "Show the solution"]
    card.act("hint")
    assert "Hint 2: 1 over 3." in card.said() and labels(card) == ["Show the solution"]


def test_the_solution_is_shown_on_request_and_counted(third):
    card = third.check("third", 3)
    card.act("solution")
    assert "1 / 3" not in card.said() and "Show it anyway?" in card.said()
    assert labels(card) == ["Hint 1 of 2", "Show it anyway", "Not yet"]
    card.act("later")
    assert labels(card) == ["Hint 1 of 2", "Show the solution"]
    assert "shown" not in stored(third, "exercises", "third")
    card.act("solution")
    card.act("show")
    assert "A solution:def one_third():\n    return 1 / 3" in card.said()
    assert labels(card) == ["Hint 1 of 2"] and stored(third, "exercises", "third")["shown"] is True
    page = third.progress().said()
    assert page.endswith("Solutions shown before they were found: “third”.")
    right = third.check("third", 1 / 3)  # what was shown stays shown, and stays counted
    assert "return 1 / 3" in right.said() and stored(third, "exercises", "third")["shown"] is True


def test_who_has_found_it_sees_the_solution_at_once_and_uncounted(third):
    card = third.check("third", 1 / 3)
    assert labels(card) == ["Show the solution"]
    card.act("solution")
    assert "return 1 / 3" in card.said() and labels(card) == []
    assert "shown" not in stored(third, "exercises", "third")
    assert "Solutions shown" not in third.progress().said()


@pytest.mark.parametrize("where", ["environment", "file"])
def test_a_teacher_can_switch_solutions_off(third, where, monkeypatch):
    if where == "environment":
        monkeypatch.setenv("OPTIMLAB_SOLUTIONS", "OFF")
    else:
        third.check("third", 2)
        document = json.loads(third.store.path.read_text())
        third.store.path.write_text(json.dumps({**document, "solutions": "off"}))
    for given in (..., 3, 1 / 3):
        card = third.check("third", given)
        assert "Show the solution" not in labels(card)
        for button in ("solution", "show"):
            card.act(button)
        assert "return 1 / 3" not in card.said() and "Show it" not in " ".join(labels(card))
    assert json.loads(third.store.path.read_text()).get("solutions") in (None, "off")


@pytest.mark.parametrize(
    ("solution", "shown"),
    [
        (one_third, "def one_third():\n    return 1 / 3"),
        (lambda: 1 / 3, "lambda: 1 / 3"),
        (1 / 3, "0.3333333333333333"),
        ([1, 2], "[1, 2]"),
    ],
)
def test_the_source_of_a_solution_is_shown(solution, shown):
    assert source_of(Exercise(solution).solution) == shown


def test_what_the_learner_wrote_is_kept(lesson):
    lesson.exercise("double", Exercise(
        lambda x: 2 * x, cases=[1.0, 3.0],
        wrong=[(lambda x: x * x, "Squared."), (lambda x: x / 2, "Half."), (lambda x: x, "Same.")],
    ))  # fmt: skip

    def my_double(x):
        return x * x

    assert lesson.check("double", my_double).said() == "Squared."
    assert stored(lesson, "exercises", "double")["answer"].strip().endswith("return x * x")


def test_an_exercise_that_was_not_declared_is_named(third):
    with pytest.raises(ValueError, match="name='fourth': lesson 99 has no key, so it must be decl"):
        third.check("fourth", 1)


def test_a_check_has_text_where_it_is_not_alive(third):
    data = third.check("third", ...)._repr_mimebundle_()[0]
    assert data["text/plain"] == "Exercise “third”: Not answered yet." == data["text/markdown"]
    assert data[VIEW]["model_id"]


# Quiz --------------------------------------------------------------------------------------------

QUESTIONS = (
    ("Twice as fast?", {"Sometimes": "Right, while small.", "Always": "No.", "Never": "It can."}),
    ("Which way?", {"Down": "Yes.", "Up": "The sign."}),
)


def choose(quiz, number, option):
    quiz.act(str(number), part(quiz, str(number))["options"].index(option))


def test_each_answer_of_the_quiz_has_its_reply(lesson):
    quiz = lesson.quiz(*QUESTIONS)
    assert sorted(part(quiz, "1")["options"]) == ["Always", "Never", "Sometimes"]
    for option, reply in QUESTIONS[0][1].items():
        choose(quiz, 1, option)
        assert quiz.said() == reply
        assert part(quiz, "reply 1")["tone"] == ("good" if option == "Sometimes" else "bad")
    choose(quiz, 2, "Up")
    assert quiz.said() == "It can.\nThe sign."


def test_the_first_answer_counts_and_the_last_is_shown_again(lesson):
    quiz = lesson.quiz(*QUESTIONS)
    choose(quiz, 1, "Never")
    choose(quiz, 1, "Sometimes")
    entry = stored(lesson, "quiz", "1")
    assert entry == {"answer": "Sometimes", "first": "Never", "right": False, "found": True}
    assert again(lesson).quiz(*QUESTIONS).said() == "Right, while small."


def test_a_question_of_the_quiz_that_has_changed_says_so(lesson):
    lesson.update("quiz", "1", answer="Often", first="Often", right=True, found=True)
    quiz, page = lesson.quiz(*QUESTIONS), lesson.progress()
    assert quiz.said() == CHANGED.format("Often") and "quiz 0 of 2" in page.said()
    choose(quiz, 1, "Never")
    assert quiz.said() == "It can." and "quiz 0 of 2" in page.said()
    assert stored(lesson, "quiz", "1") == {"answer": "Never", "first": "Never", "right": False}


def test_the_order_of_answers_stays_and_does_not_give_the_right_one_away():
    from optimlab.lessons.quiz import _mixed

    sets = [[f"{a}{i}" for a in ("right", "wrong", "other")] for i in range(60)]
    places = [_mixed(options).index(options[0]) for options in sets]
    assert set(places) == {0, 1, 2} and max(map(places.count, places)) < 40
    assert _mixed(["b", "a"]) == _mixed(["a", "b"])


@pytest.mark.parametrize("bad", ["a?", ("a?",), ("a?", ["x"]), ("a?", {"x": "y"}), ("", {}), 3])
def test_a_question_in_another_form_is_named(lesson, bad):
    with pytest.raises(TypeError, match="quiz: .* is no question"):
        lesson.quiz(bad)


# The page at the end ------------------------------------------------------------------------------


def test_the_page_lists_what_was_said_what_happened_and_what_is_open(third):
    asked = ask_step(third)
    third.target("goal", run(target=(2.0001, 4)))
    quiz = third.quiz(*QUESTIONS)
    page = third.progress()
    assert "Done: predictions 0 of 1, targets 0 of 1, exercises 0 of 1, quiz 0 of 2." in page.said()
    assert "Open: predictions “step”; targets “goal”; exercises “third”; quiz 1, 2" in page.said()
    asked.card.act("answer", 2)
    assert "3.8" in page.said() and "3.2" not in page.said(), "not before the run is shown"
    asked.card.act("show")
    asked.card.act("why", "a <b> & c")
    said = page.said()
    assert "3.2" in said and "a <b> & c" in said and "predictions 1 of 1" in said
    assert "Open: targets “goal”" in said
    assert "<td>a &lt;b&gt; &amp; c</td>" in page.parts[0]["html"]
    third.check("third", 1 / 3)
    assert "exercises 1 of 1" in page.said()
    choose(quiz, 2, "Up")
    assert "quiz 0 of 2" in page.said()
    choose(quiz, 2, "Down")
    assert "quiz 1 of 2" in page.said() and page.said().endswith("targets “goal”; quiz 1.")
    plain = page._repr_mimebundle_()[0]["text/markdown"]
    assert "| step | 3.8 | 3.2 | a &#60;b&#62; &#38; c |" in plain


def test_starting_over_asks_first_and_asks_anew(third):
    asked = ask_step(third, at={"4.8": 4.8, "3.2": 3.2, "3.8": 3.8})
    quiz, page = third.quiz(*QUESTIONS), third.progress()
    asked.card.act("answer", 0)
    asked.card.act("show")
    choose(quiz, 2, "Up")
    third.update("predictions", "other", answer="kept by another lesson")
    page.act("reset")
    assert labels(page) == ["Yes, forget it", "No, keep it"]
    page.act("keep")
    assert stored(third)["answer"] == "4.8" and asked.revealed
    page.act("reset")
    page.act("forget")
    assert third.store.lesson("99") == {k: {} for k in third.wanted()}
    assert asked.explorer.veiled and asked.answer is None and asked.explorer.plot._notes == {}
    assert quiz.said() == "" and "predictions 0 of 1" in page.said()
    asked.card.act("answer", 1)
    asked.card.act("show")
    assert stored(third)["right"] and not asked.explorer.veiled


def test_a_reset_of_one_lesson_leaves_the_others(lesson):
    other = Lesson("06", lesson.store)
    for one in (lesson, other):
        one.update("quiz", "1", answer="x")
    lesson.reset()
    assert lesson.store.lesson("99")["quiz"] == {} and other.store.get("06", "quiz", "1")


def test_the_page_of_the_series_reads_the_lessons(tmp_path, lesson):
    source = "lesson.predict('step')\nlesson.target('goal')\nlesson.quiz(('a', {}), ('b', {}))"
    for name, title in (("98_a.ipynb", "# 98 · Up"), ("99_b.ipynb", "# 99 · Down")):
        cells = [
            {"cell_type": "markdown", "source": title},
            {"cell_type": "code", "source": source},
        ]
        (tmp_path / name).write_text(json.dumps({"cells": cells}))
    lesson.update("predictions", "step", revealed=True)
    page = SeriesBoard(lesson.store, tmp_path)
    rows = page._rows()
    assert rows[0] == ["98 · Up", "0 of 1", "0 of 1", "", "0 of 2", "predictions “step”"]
    assert rows[1] == ["99 · Down", "1 of 1", "0 of 1", "", "0 of 2", "targets “goal”"]
    lesson.update("targets", "goal", reached=True)
    assert "1 of 1</td><td>1 of 1" in page.parts[0]["html"]


# The card -----------------------------------------------------------------------------------------


def test_an_error_in_a_callback_appears_in_the_card():
    card = Card(lambda name, value: 1 / 0, lambda: "plain")
    card.parts = [text("A question.")]
    card.act("answer", 1)
    assert "A question." in card.said() and "ZeroDivisionError" in card.said()


def test_words_of_a_learner_are_no_html():
    assert rich("<img onerror=x> `a<b` *so*") == (
        "&lt;img onerror=x&gt; <code>a&lt;b</code> <em>so</em>"
    )
    assert rich("2 * 3 * 4 and a*b*c") == "2 * 3 * 4 and a*b*c"


@pytest.mark.parametrize("number", [5, "", None])
def test_a_lesson_needs_its_number(number):
    with pytest.raises((TypeError, ValueError), match="number="):
        Lesson(number)
