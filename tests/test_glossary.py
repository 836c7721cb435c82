"""The glossary: what it shows, and that no lesson uses a word before the one that introduces it."""

import json
import re
from pathlib import Path

import pytest
from worked import LESSONS

from optimlab import lessons
from optimlab.lessons.contents import lesson_number
from optimlab.lessons.glossary import TERMS, plural
from optimlab.lessons.keyring import load_key
from optimlab.lessons.kinds import Choice, Number

NUMBERS = [lesson_number(path) for path in LESSONS]
#: what is no sentence of a lesson: formulas, code, addresses, the line of links to its neighbours
PASSED_OVER = re.compile(
    r"```.*?```|\$\$.*?\$\$|`[^`]*`|\$[^$\n]*\$|<[^>]*>|\]\([^)]*\)|^\[←.*$|^.*→\].*$", re.S | re.M
)
SENTENCE = re.compile(r"(?<=[.?])\s+|\n\n|\n(?=[-|\d*#>])")


def sentences(text):
    """The sentences of a Markdown text, with the addresses of their links beside them."""
    text = re.split(r"^#+ Sources\b", text, flags=re.M)[0]
    for sentence in SENTENCE.split(text):
        plain = PASSED_OVER.sub(" ", sentence).replace("*", "")
        if plain.strip(" *|-#"):
            yield " ".join(plain.split()), re.findall(r"\]\((\d\d[a-z]?)_", sentence)


def markdown(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]


def said(key):
    """What the questions of a key say: options, labels, replies, questions, hints."""
    for question in key.predictions.values():
        if isinstance(question, Choice):
            yield from question.options
            yield from question.options.values()
        if isinstance(question, Number):
            yield question.label
            yield from (sentence for _, sentence in question.replies)
        yield question.why or ""
        yield question.fact if isinstance(question.fact, str) else ""
    for exercise in key.exercises.values():
        yield from (sentence for _, sentence in exercise.wrong)
        yield from exercise.hints
        yield exercise.otherwise or ""
    for question, options in key.quiz:
        yield from (question, *options, *options.values())


def too_early(number, texts, numbers=NUMBERS):
    """A line for each word of the glossary that a lesson's texts use before it is introduced.

    A sentence that sends the reader to the introducing lesson may name what is there.
    """
    found = []
    later = [t for t in TERMS if numbers.index(t.lesson) > numbers.index(number)]
    for text in texts:
        for sentence, links in sentences(text):
            for term in later:
                if term.lesson not in links and (hit := term.pattern.search(sentence)):
                    found.append(f"{number}: “{hit[0]}” ({term.lesson}): {sentence}")
    return list(dict.fromkeys(found))


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_no_lesson_uses_a_word_before_the_lesson_that_introduces_it(path):
    number = lesson_number(path)
    assert too_early(number, [*markdown(path), *said(load_key(number))]) == []


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.term)
def test_a_word_stands_in_the_lesson_that_introduces_it(term):
    (path,) = [path for path in LESSONS if lesson_number(path) == term.lesson]
    assert any(term.pattern.search(text.replace("*", "")) for text in markdown(path))


def test_every_row_is_whole_and_no_word_stands_twice():
    assert len({term.term.casefold() for term in TERMS}) == len(TERMS) >= 40
    order = [NUMBERS.index(term.lesson) for term in TERMS]
    assert order == sorted(order)
    for term in TERMS:
        assert term.term and term.lesson in NUMBERS and "|" not in "".join(vars(term)["meaning"])
        assert re.fullmatch(r"[A-Z].*\.", term.meaning), term
        assert term.korean == "" or re.fullmatch(r"[가-힣A-Za-z ()]+", term.korean), term


def test_it_is_shown_as_a_table_with_links():
    listing = lessons.glossary(Path(LESSONS[0]).parent)
    lines = listing._repr_markdown_().splitlines()
    assert lines[0] == "| term | symbol | Korean | lesson | meaning |"
    assert len(lines) == len(TERMS) + 2 and all(line.count("|") == 6 for line in lines)
    (rate,) = [line for line in lines if line.startswith("| learning rate ")]
    assert r"| $\eta$ | 학습률 | [00](00_start_here.ipynb) |" in rate
    assert "learning rate (00): " in repr(listing)
    assert "| 학습률 | 00 |" in lessons.glossary("tests")._repr_markdown_()


def test_words_are_found_in_every_form_and_no_others():
    by_name = {term.term: term.pattern for term in TERMS}
    for name, text in (
        ("eigenvalue", "Its two Eigenvalues"), ("velocity", "velocities"), ("loss", "the losses"),
        ("bias", "Biases"), ("local minimum", "local minima"), ("mini-batch", "mini-batches"),
        ("condition number", "condition\nnumbers"), ("converge", "it converges"),
    ):  # fmt: skip
        assert by_name[name].search(text), name
    for name, text in (
        ("bias", "unbiased"), ("weight", "weightless"), ("Adam", "AdamW and NAdam"),
        ("loss", "glossary"), ("ravine", "ravined"),
    ):  # fmt: skip
        assert not by_name[name].search(text), name
    assert plural("epoch") == "epochs" and plural("bias") == "biases"


def test_a_planted_word_is_found_and_a_pointer_is_not():
    early = "Each direction has its eigenvalues. All is well."
    assert too_early("05", [early]) == [
        "05: “eigenvalues” (07a): Each direction has its eigenvalues."
    ]
    assert too_early("07a", [early]) == []
    for passed_over in (
        "`eigenvalue` and $eigenvalue$", "What eigenvalues are: [07a](07a_surfaces.ipynb)",
        "[← 04 x](04.ipynb) · [eigenvalues →](07b_ravine.ipynb)", "## Sources\n\neigenvalues",
    ):  # fmt: skip
        assert too_early("05", [passed_over]) == [], passed_over
    assert too_early("05", ["See [07b](07b_ravine.ipynb) for eigenvalues."]) != []
