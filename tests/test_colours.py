"""Colours are told apart by measure: the measure first, then the rules of the series."""

import itertools

import numpy as np
import pytest
from colours import apart, ciede2000, contrast, lab, nearest_sight

from optimlab.draw import style
from optimlab.explorers import boundary, schemes, valleys

#: pairs in CIELAB and their distance: table 1 of Sharma, Wu and Dalal 2005
SHARMA = """
50.0000 2.6772 -79.7751 50.0000 0.0000 -82.7485 2.0425
50.0000 3.1571 -77.2803 50.0000 0.0000 -82.7485 2.8615
50.0000 2.8361 -74.0200 50.0000 0.0000 -82.7485 3.4412
50.0000 -1.3802 -84.2814 50.0000 0.0000 -82.7485 1.0000
50.0000 -1.1848 -84.8006 50.0000 0.0000 -82.7485 1.0000
50.0000 -0.9009 -85.5211 50.0000 0.0000 -82.7485 1.0000
50.0000 0.0000 0.0000 50.0000 -1.0000 2.0000 2.3669
50.0000 -1.0000 2.0000 50.0000 0.0000 0.0000 2.3669
50.0000 2.4900 -0.0010 50.0000 -2.4900 0.0009 7.1792
50.0000 2.4900 -0.0010 50.0000 -2.4900 0.0010 7.1792
50.0000 2.4900 -0.0010 50.0000 -2.4900 0.0011 7.2195
50.0000 2.4900 -0.0010 50.0000 -2.4900 0.0012 7.2195
50.0000 -0.0010 2.4900 50.0000 0.0009 -2.4900 4.8045
50.0000 -0.0010 2.4900 50.0000 0.0010 -2.4900 4.8045
50.0000 -0.0010 2.4900 50.0000 0.0011 -2.4900 4.7461
50.0000 2.5000 0.0000 50.0000 0.0000 -2.5000 4.3065
50.0000 2.5000 0.0000 73.0000 25.0000 -18.0000 27.1492
50.0000 2.5000 0.0000 61.0000 -5.0000 29.0000 22.8977
50.0000 2.5000 0.0000 56.0000 -27.0000 -3.0000 31.9030
50.0000 2.5000 0.0000 58.0000 24.0000 15.0000 19.4535
50.0000 2.5000 0.0000 50.0000 3.1736 0.5854 1.0000
50.0000 2.5000 0.0000 50.0000 3.2972 0.0000 1.0000
50.0000 2.5000 0.0000 50.0000 1.8634 0.5757 1.0000
50.0000 2.5000 0.0000 50.0000 3.2592 0.3350 1.0000
60.2574 -34.0099 36.2677 60.4626 -34.1751 39.4387 1.2644
63.0109 -31.0961 -5.8663 62.8187 -29.7946 -4.0864 1.2630
61.2901 3.7196 -5.3901 61.4292 2.2480 -4.9620 1.8731
35.0831 -44.1164 3.7933 35.0232 -40.0716 1.5901 1.8645
22.7233 20.0904 -46.6940 23.0331 14.9730 -42.5619 2.0373
36.4612 47.8580 18.3852 36.2715 50.5065 21.2231 1.4146
90.8027 -2.0831 1.4410 91.1528 -1.6435 0.0447 1.4441
90.9257 -0.5406 -0.9208 88.6381 -0.8985 -0.7239 1.5381
6.7747 -0.2908 -2.4247 5.8714 -0.0985 -2.2286 0.6377
2.0776 0.0795 -1.1350 0.9033 -0.0636 -0.5514 0.9082
"""


def test_the_measure_gives_the_published_distances():
    rows = [[float(word) for word in line.split()] for line in SHARMA.strip().splitlines()]
    assert len(rows) == 34
    for row in rows:
        one, other, distance = row[:3], row[3:6], row[6]
        assert ciede2000(one, other) == pytest.approx(distance, abs=6e-5), row
        assert ciede2000(other, one) == pytest.approx(distance, abs=6e-5), row


def test_a_colour_has_its_cielab_and_greys_stay_grey_under_every_sight():
    np.testing.assert_allclose(lab("#ff0000"), (53.24, 80.09, 67.20), atol=0.02)
    np.testing.assert_allclose(lab("#0000ff"), (32.30, 79.19, -107.86), atol=0.02)
    for grey in ("#000000", "#808080", "#ffffff"):
        for sight in ("protan", "deutan"):
            assert ciede2000(lab(grey), lab(grey, sight)) < 0.6
    red, green = "#d03030", "#3a8a3a"
    assert apart(red, green) > 50 > 10 > apart(red, green, "deutan")
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=1e-3)


# The rules: all nine share a picture, in the key of lesson 00 and in the race of 15a ----------

COLOURS = {name: look["color"] for name, look in style.RULES.items()}
PAIRS = list(itertools.combinations(style.RULES, 2))
APART = 10
#: pairs of rules that could not be brought so far apart, with their distance
NEARER = {}
#: the middle and the darkest tone of the surfaces' map
MIDDLE, DARK = "#eaf2fc", "#d2e4f8"


def too_near(colours, least=APART):
    """Each pair of colours that is nearer than allowed under one of the sights."""
    found = {}
    for one, other in itertools.combinations(colours, 2):
        distance, sight = nearest_sight(colours[one], colours[other])
        if distance < least:
            found[one, other] = (round(distance, 1), sight)
    return found


def test_any_two_rules_are_told_apart_by_their_colours_under_every_sight():
    assert len(PAIRS) == 36
    assert too_near(COLOURS) == NEARER


def test_the_colours_of_0_1_were_not():
    before = {
        "SGD": "#0072B2", "Momentum": "#D55E00", "Nesterov": "#009E73", "AdaGrad": "#8A6D00",
        "Adam": "#AA4499",
    }  # fmt: skip
    assert too_near(before) == {
        ("SGD", "Adam"): (7.1, "protan"), ("Momentum", "AdaGrad"): (2.0, "protan"),
    }  # fmt: skip


def test_the_palette_is_that_of_the_rules_and_ink_and_highlight_stay_apart_from_it():
    six = ("SGD", "Momentum", "Nesterov", "Adam", "AdaGrad", "RMSProp")
    assert style.PALETTE == [*(COLOURS[name] for name in six), style.INK]
    assert too_near(COLOURS | {"ink": style.INK, "you": style.HIGHLIGHT}) == {}


def different(one, other):
    """Whether two dashes look different: in their number of strokes, or half as long again."""
    if len(one) != len(other):
        return True
    return any(max(a, b) >= 1.5 * min(a, b) for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_any_two_rules_differ_in_dash_and_marker_as_well(one, other):
    one, other = style.RULES[one], style.RULES[other]
    assert one["marker"] != other["marker"]
    assert different(one["dash"], other["dash"])


def test_dashes_are_compared_by_what_is_seen():
    assert not different((12, 3, 2, 3), (9, 3, 2, 3)) and not different((), ())
    assert different((), (1, 1)) and different((2, 2), (2, 4)) and different((4, 2), (4, 2, 1, 2))


@pytest.mark.parametrize("name", style.RULES)
def test_a_rule_stands_out_from_the_page_and_from_the_surfaces(name):
    assert contrast(COLOURS[name], "white") >= 3
    assert contrast(COLOURS[name], MIDDLE) >= 3
    assert contrast(COLOURS[name], DARK) >= 3, "what WCAG 1.4.11 asks of graphical objects"
    assert min(apart(COLOURS[name], tone) for tone in ("white", MIDDLE, DARK)) > 20


def test_the_tones_of_the_surfaces_are_those_and_high_is_told_from_low():
    tones = [style.SURFACE(at)[:3] for at in (0.5, 1.0)]
    assert max(apart(tone, known) for tone, known in zip(tones, (MIDDLE, DARK), strict=True)) < 0.6
    assert nearest_sight("white", DARK)[0] >= APART


# Schemes, classes and valleys ------------------------------------------------------------------


def test_the_schemes_are_told_apart_and_plain_descent_looks_as_everywhere():
    looks = schemes.LOOKS
    assert too_near({name: look["color"] for name, look in looks.items()}) == {}
    assert looks["constant"] == style.RULES["SGD"]
    for one, other in itertools.combinations(looks.values(), 2):
        assert one["marker"] != other["marker"] and different(one["dash"], other["dash"])
    assert min(contrast(look["color"], "white") for look in looks.values()) >= 3


#: classes that are nearer to a rule than that, with their distance: they are points in one panel,
#: the rules are dashed lines in the other
CLASS_NEAR_RULE = {
    (1, "Momentum"): 6.5, (2, "Momentum"): 9.9, (3, "SGD"): 5.3, (3, "RMSProp"): 5.0,
}  # fmt: skip


def test_the_classes_are_told_apart_as_points_and_as_regions():
    points = {k: color for k, (color, _) in enumerate(boundary.CLASSES)}
    tints = boundary._tints(list("abcd")) / 255
    assert too_near(points) == too_near(dict(enumerate(tints))) == {}
    assert len({marker for _, marker in boundary.CLASSES}) == len(points)
    assert min(contrast(color, "white") for color in points.values()) >= 3
    near = {
        (k, name): round(nearest_sight(color, COLOURS[name])[0], 1)
        for k, color in points.items() for name in boundary.RULES
    }  # fmt: skip
    assert {pair: distance for pair, distance in near.items() if distance < APART} == (
        CLASS_NEAR_RULE
    )


def test_the_valleys_are_told_apart():
    assert too_near(dict(enumerate([*valleys.VALLEYS, valleys.NOWHERE]))) == {}
