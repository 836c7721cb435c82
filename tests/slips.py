"""Forty slips of the hand, in what no tool mutates well: pictures, JavaScript, keys and prose.

    python tests/slips.py              # each in a copy of the tree; its test must turn red
    python tests/slips.py arrow star   # those whose name has one of these words

Prints the slips that no test sees, and exits with 1 where there is one. `test_mutate.py` sees
to it that each text still stands in its file once.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import measured

ROOT = Path(__file__).resolve().parents[1]


class Slip(NamedTuple):
    """What is wrong, in which file, its text as it is and becomes, which test must see it."""

    name: str
    file: str
    old: str
    new: str
    test: str


DRAW, EXPLORERS, LESSONS = "optimlab/draw/", "optimlab/explorers/", "optimlab/lessons/"
LIVE, KEY = DRAW + "live/", "optimlab/keys/lesson_05_gradient_descent.py"
FIFTH = "[05_gradient_descent]"
RULES_KEPT = f"test_notebooks.py::test_the_lesson_keeps_the_rules{FIFTH}"
FRONT, MAPS = "test_front_end.py::test_", "test_explorers_maps.py::test_"
SLOPES, CHAIN = "test_explorers_slopes.py::test_", "test_explorers_chain.py::test_"
PAINTED = FRONT + "marks_bar_and_sliders_say_what_is_shown"
PARTIAL = SLOPES + "the_slices_have_the_hand_made_partial_derivatives"
CONTOURS = "test_figures.py::"
CONTOURS += "test_contours_are_drawn_over_the_domain_with_a_star_at_each_minimum"
WALKED = "test_engine.py::test_every_rule_walks_every_function_as_python_does"
TOLD = "test_messages.py::test_the_page_says_of_a_run_what_python_says"

SLIPS = [
    # figures
    Slip("axes of contours swapped", DRAW + "figures.py",
         "ax.set(xlabel=across, ylabel=up, xlim", "ax.set(xlabel=up, ylabel=across, xlim",
         "test_figures.py::test_axes_are_named_and_a_run_has_its_look"),
    Slip("no contours", DRAW + "figures.py",
         "filled = ax.contourf(x, y, z, heights,", "filled = ax.contourf(x, y, 0 * z, heights,",
         CONTOURS),
    Slip("a star beside its minimum", DRAW + "figures.py",
         "stars = _stars(ax, *at[inside].T)", "stars = _stars(ax, *at[inside].T[::-1])", CONTOURS),
    Slip("losses one step late", DRAW + "figures.py",
         "np.arange(len(path.losses)), path", "np.arange(len(path.losses)) + 1, path",
         "test_figures.py::test_losses_take_a_log_axis_where_they_span_decades"),
    Slip("the ring at the end", DRAW + "figures.py",
         '*xy[:1].T, marker="o"', '*xy[-1:].T, marker="o"',
         "test_figures.py::test_a_path_has_its_rule_s_look_a_ring_and_a_dot"),
    Slip("another colour of a rule", DRAW + "style.py",
         '"Momentum": {"color": "#CE5600"', '"Momentum": {"color": "#C05000"',
         "test_colours.py::"
         "test_the_palette_is_that_of_the_rules_and_ink_and_highlight_stay_apart_from_it"),
    Slip("high and low the other way round", DRAW + "style.py",
         '["#ffffff", "#eaf2fc", "#d2e4f8"]', '["#d2e4f8", "#eaf2fc", "#ffffff"]',
         "test_colours.py::test_the_tones_of_the_surfaces_are_those_and_high_is_told_from_low"),
    Slip("a still without its marks", LIVE + "live.py",
         "raster.with_marks([mark for", "raster.with_marks([] and [mark for",
         "test_live.py::test_the_still_is_the_background_with_the_marks_on_it"),
    # explorers
    Slip("curve and steps swapped", EXPLORERS + "paths.py",
         "xy = np.stack([points, losses], axis=-1)", "xy = np.stack([losses, points], axis=-1)",
         "test_explorers.py::test_the_rate_slider_changes_path_sentence_and_numbers"),
    Slip("stale sentence", EXPLORERS + "paths.py",
         "sentences.append(run.summary(", "sentences.append(batch[0].summary(",
         "test_explorers_veil.py::"
         "test_what_is_sent_ahead_for_a_position_is_what_is_shown_there"),
    Slip("a target reached a step later", EXPLORERS + "targets.py",
         '"step": hits[0] if hits.size', '"step": hits[0] + 1 if hits.size', TOLD),
    Slip("tangent falls where it rises", EXPLORERS + "slopes.py",
         "np.array([[-1, -slope], [1, slope]])", "np.array([[-1, slope], [1, -slope]])", PARTIAL),
    Slip("slices swapped", EXPLORERS + "slopes.py",
         'xlabel=name, ylabel="f"', 'xlabel=other, ylabel="f"',
         "test_explorers_panels.py::test_its_panels_have_their_labels_and_scales"),
    Slip("gradient points down", EXPLORERS + "slopes.py",
         "*(at + self._scale * gradient)", "*(at - self._scale * gradient)",
         SLOPES + "the_gradient_is_perpendicular_to_the_contour_line_on_the_screen"),
    Slip("run of a central difference", EXPLORERS + "slopes.py",
         '(h if self.kind == "forward" else 2 * h)', "h",
         SLOPES + "the_central_secant_stands_on_both_sides"),
    Slip("ends of a chord named the wrong way", EXPLORERS + "shapes.py",
         '(b, curve[-1])), ["a", "b"])', '(b, curve[-1])), ["b", "a"])',
         MAPS + "the_names_of_the_ends_stand_off_the_curve_inside_the_picture"),
    Slip("not the best rate", EXPLORERS + "shapes.py",
         "rates = flat / (flat + 1)", "rates = flat / (flat + 2)",
         MAPS + "the_ravine_of_the_catalogue_is_that_of_condition_20"),
    Slip("a dot one step off", EXPLORERS + "shapes.py",
         '"now": [[condition, needed]],', '"now": [[condition, needed + 1]],',
         MAPS + "the_slider_changes_contours_path_and_dot"),
    Slip("derivatives flow forward", EXPLORERS + "chain.py",
         '["backward arrows"][k] = [*end, *start]', '["backward arrows"][k] = [*start, *end]',
         CHAIN + "arrows_run_between_the_boxes_in_their_direction"),
    Slip("a derivative shown a step early", EXPLORERS + "chain.py",
         'shown["slopes"][k] = short(', 'shown["slopes"][k - 1] = short(',
         CHAIN + "each_step_shows_one_number_more"),
    Slip("the rate of one is that of all", EXPLORERS + "races.py",
         'self["mode"] == "shared" or name == self["whose"] else', "True else",
         "test_explorers_race.py::test_a_rate_for_each"),
    Slip("losses from the last to the first", EXPLORERS + "races.py",
         "losses = self._above(heights)", "losses = self._above(heights[::-1])",
         "test_explorers_race.py::test_the_frame_is_the_race"),
    # JavaScript
    Slip("y the wrong way up", LIVE + "geometry.js",
         "box.y + (1 - fy) * box.h]", "box.y + fy * box.h]",
         FRONT + "a_pixel_is_the_place_of_its_fractions"),
    Slip("log axis drawn evenly", LIVE + "geometry.js",
         "return ((log ? Math.log10(value) : value) - low)", "return (value - low)",
         FRONT + "a_number_has_the_place_that_python_gives_it"),
    Slip("a line that bridges a gap", LIVE + "geometry.js",
         "[left, atX, atY] = [null, NaN, NaN];", "left = null;",
         FRONT + "a_line_breaks_where_a_row_cannot_be_drawn"),
    Slip("an arrow's head turned back", LIVE + "geometry.js",
         "`${text(x1 - ux * along -", "`${text(x1 + ux * along -",
         FRONT + "an_arrow_ends_at_its_tip_and_a_short_one_is_none"),
    Slip("the star upside down", LIVE + "geometry.js",
         "r * -Math.cos((k * Math.PI) / 5)", "r * Math.cos((k * Math.PI) / 5)",
         FRONT + "a_star_has_five_tips_of_one_length_at_even_angles"),
    Slip("playback a step ahead", LIVE + "geometry.js",
         "from + Math.floor((time / 1000) * pace)", "from + Math.ceil((time / 1000) * pace)",
         FRONT + "playback_takes_five_seconds_but_six_steps_a_second_at_least"),
    Slip("arrow keys the other way", LIVE + "geometry.js",
         "which, now) + way[which] * stride", "which, now) - way[which] * stride",
         FRONT + "an_arrow_key_moves_by_a_part_of_the_axis_and_by_one_of_the_grid_at_least"),
    Slip("the page's path a step late", LIVE + "engine.js",
         "points[i] = kept[i * width];", "points[i] = kept[Math.max(0, i - d) * width];", WALKED),
    Slip("the page's divergence a step late", LIVE + "engine.js",
         "[lost ? k : null,", "[lost ? k + 1 : null,", WALKED),
    Slip("the page says fell where it rose", LIVE + "words.js",
         "losses[count] < losses[0] ?", "losses[count] > losses[0] ?", TOLD),
    Slip("the table ranks the last first", LIVE + "table.js",
         "size[a] < size[b] ? -1 : Number(size[a] > size[b])",
         "size[a] > size[b] ? -1 : Number(size[a] < size[b])",
         FRONT + "the_standings_at_a_step"),
    Slip("aria value of the other coordinate", LIVE + "marks.js",
         '"aria-valuenow", String(at[0])', '"aria-valuenow", String(at[at.length - 1])', PAINTED),
    Slip("handle and slider apart", LIVE + "sliders.js",
         "range.value = String(now);", "range.value = String(slider.low);", PAINTED),
    Slip("the dot stays at the start", LIVE + "marks.js",
         "lastKnown(shown.rows, shown.step)", "lastKnown(shown.rows, 0)", PAINTED),
    Slip("the bar counts a step too many", LIVE + "bar.js",
         "`step ${step} of", "`step ${step + 1} of", PAINTED),
    Slip("a typed comma is left out", LESSONS + "judged.js",
         'plain.replaceAll(",", ".")', 'plain.replaceAll(",", "")',
         "test_pages.py::test_a_typed_number_is_read_as_python_reads_it"),
    # keys and prose
    Slip("another option is right", KEY,
         'right="3.2"', 'right="3.8"', RULES_KEPT),
    Slip("a reply with another digit", KEY,
         "The step is 0.2 · 4 = 0.8, and it", "The step is 0.2 · 4 = 0.7, and it", RULES_KEPT),
    Slip("another digit in the prose", "notebooks/05_gradient_descent.ipynb",
         "six steps lead to 3.772", "six steps lead to 3.727", RULES_KEPT),
    Slip("a wrong number in the key", KEY,
         "np.log(1 - 2 * 0.01)))", "np.log(1 - 0.01)))",
         "test_answers.py::test_wrong_answers_that_nobody_listed_are_refused_and_right_ones_pass"
         "[05 how many steps]"),
    Slip("a sentence with its numbers swapped", "optimlab/messages.json",
         "the loss fell from {before} to {after}", "the loss fell from {after} to {before}",
         "test_descent.py::test_summaries"),
]  # fmt: skip


def seen(slip, tree):
    """Whether the test of a slip fails in a copy of the tree that has it."""
    from mutate import OPTIONS, Watch

    path = tree.root / slip.file
    kept = path.read_text("utf-8")
    path.write_text(kept.replace(slip.old, slip.new), "utf-8")
    try:
        options = [option for option in OPTIONS if option not in ("-m", "not browser")]
        passed, seconds, failed = tree.run([f"tests/{slip.test}"], Watch(), options)
    finally:
        path.write_text(kept, "utf-8")
    if not seconds:
        said = (tree.folder / "last.txt").read_text("utf-8")[-500:]
        raise RuntimeError(f"{slip.test} did not run: {said}")
    return [] if passed else failed


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("words", nargs="*", help="of the names of some slips")
    parser.add_argument("--write", action="store_true", help="put the row into docs/trust.md")
    given = parser.parse_args()
    from mutate import Tree, libraries

    libraries()
    chosen = [s for s in SLIPS if not given.words or any(word in s.name for word in given.words)]
    unseen = 0
    with tempfile.TemporaryDirectory() as folder:
        tree = Tree(Path(folder))
        for slip in chosen:
            failed = seen(slip, tree)
            unseen += not failed
            print(f"{slip.name}: {failed[0] if failed else 'SEEN BY NO TEST'}", flush=True)
    if given.write:
        row = f"of {len(chosen)} in figures, explorers, JavaScript, keys and prose, seen by no test"
        measured.write("slips", [(row, str(unseen), "0", not unseen)])
    print(f"{unseen} of {len(chosen)} seen by no test")
    return 1 if unseen else 0


if __name__ == "__main__":
    sys.exit(main())
