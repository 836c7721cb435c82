"""What a network computes: numbers forward, derivatives backward, and a loss of its weights."""

from optimlab.study.network.graph import Edge, Graph, Node, cube, two_layers
from optimlab.study.network.layers import (
    ACTIVATIONS,
    Linear,
    Network,
    cross_entropy,
    mean_squared_error,
)
from optimlab.study.network.losses import logistic_loss, sigmoid, softmax, squared_loss

__all__ = [
    "ACTIVATIONS", "Edge", "Graph", "Linear", "Network", "Node", "cross_entropy", "cube",
    "logistic_loss", "mean_squared_error", "sigmoid", "softmax", "squared_loss", "two_layers",
]  # fmt: skip
