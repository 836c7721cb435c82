r"""Numbers that are computed from one another: values forward, derivatives backward.

>>> values = cube.forward(x=1.5)
>>> values["t"], values["y"]
(2.0, 8.0)
>>> slopes = cube.backward(values)
>>> slopes["t"], slopes["x"]
(12.0, 24.0)

Everything works on arrays too, so one pass answers all positions of a slider.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from optimlab import checks

__all__ = ["Edge", "Graph", "Node", "cube", "two_layers"]


class Node(NamedTuple):
    """A number computed from others.

    name, inputs   what it is called, and the names of what it is computed from
    value          the numbers of `inputs` -> its number
    partials       the same -> its derivative with respect to each of `inputs`
    formula        the right-hand side, as it is written beside the node
    """

    name: str
    inputs: tuple[str, ...]
    value: Callable[..., Any]
    partials: Callable[..., tuple]
    formula: str = ""


class Edge(NamedTuple):
    """An arrow of a graph: `target` is computed from `source`, with this local derivative."""

    source: str
    target: str
    local: float | np.ndarray


class Graph:
    """Numbers that are computed from one another; the last node is the output.

    Parameters
    ----------
    inputs : dict, name -> number, what the graph starts from
    nodes : Nodes, each of inputs and nodes before it; one at least

    Raises
    ------
    TypeError, ValueError : if one of them is none of this, or a name is unknown or there twice

    >>> product = Graph({"a": 2.0, "b": 3.0},
    ...                 [Node("c", ("a", "b"), lambda a, b: a * b, lambda a, b: (b, a), "a b")])
    >>> product.backward(product.forward())["a"]
    3.0
    """

    inputs: dict[str, float | np.ndarray]
    nodes: list[Node]

    def __init__(self, inputs: Mapping[str, Any], nodes: Iterable[Node]) -> None:
        self.inputs = dict(checks.instance("inputs", inputs, Mapping, "a dict, name -> number"))
        accepted = "a list of Nodes, at least one: the output"
        self.nodes = list(checks.instance("nodes", nodes, Iterable, accepted))
        if not all(isinstance(node, Node) for node in self.nodes):
            checks.wrong_kind("nodes", nodes, accepted)
        known = set(self.inputs)
        for node in self.nodes:
            unknown = [name for name in node.inputs if name not in known]
            if unknown:
                raise ValueError(
                    f"node {node.name!r} needs {unknown[0]!r}, which is neither an input nor a "
                    f"node before it"
                )
            if node.name in known:
                raise ValueError(f"node {node.name!r}: there is a number of that name already")
            known.add(node.name)
        if not self.nodes:
            checks.wrong_value("nodes", nodes, accepted)

    @property
    def output(self) -> str:
        """The name of the last node."""
        return self.nodes[-1].name

    def forward(self, **given: Any) -> dict[str, Any]:
        """All numbers by name: the inputs, with those in `given` changed, and every node."""
        unknown = sorted(set(given) - set(self.inputs))
        if unknown:
            raise ValueError(f"{unknown[0]}: the inputs are {', '.join(self.inputs)}")
        values = self.inputs | given
        for node in self.nodes:
            values[node.name] = node.value(*(values[name] for name in node.inputs))
        return values

    def edges(self, values: Mapping[str, Any]) -> list[Edge]:
        """Every arrow with its local derivative, in the order of the nodes."""
        return [
            Edge(source, node.name, local)
            for node in self.nodes
            for source, local in zip(
                node.inputs, node.partials(*(values[name] for name in node.inputs)), strict=True
            )
        ]

    def backward(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The derivative of the output with respect to every number, by the chain rule.

        From the output back to the inputs: local derivative times what comes in, and a sum
        where a number is used more than once.
        """
        slopes = dict.fromkeys(values, 0.0) | {self.output: 1.0}
        for source, target, local in reversed(self.edges(values)):
            slopes[source] = slopes[source] + local * slopes[target]
        return slopes


#: y = (2x - 1)³, the chain rule's first example
cube = Graph(
    {"x": 1.0},
    [
        Node("t", ("x",), lambda x: 2 * x - 1, lambda x: (2.0,), "2x − 1"),
        Node("y", ("t",), lambda t: t * t * t, lambda t: (3 * t * t,), "t³"),
    ],
)

#: a network of two layers, one neuron each, on one example: x = 2 should give 1
two_layers = Graph(
    {"x": 2.0, "w1": 0.5, "b1": -0.5, "w2": 1.5, "b2": -0.2},
    [
        Node(
            "z", ("w1", "x", "b1"),
            lambda w1, x, b1: w1 * x + b1, lambda w1, x, b1: (x, w1, 1.0), "w₁x + b₁",
        ),
        Node("a", ("z",), np.tanh, lambda z: (1 - np.tanh(z) ** 2,), "tanh z"),
        Node(
            "y", ("w2", "a", "b2"),
            lambda w2, a, b2: w2 * a + b2, lambda w2, a, b2: (a, w2, 1.0), "w₂a + b₂",
        ),
        Node("L", ("y",), lambda y: (y - 1) * (y - 1), lambda y: (2 * (y - 1),), "(y − 1)²"),
    ],
)  # fmt: skip
