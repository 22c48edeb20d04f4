"""Arrays and derivatives by NumPy: the functions of with_torch.py."""
import numpy
from numpy import concatenate, diagonal, exp, flip, log, stack, tanh
from numpy.linalg import cholesky, eigh

NAME = "NumPy"
VERSION = "NumPy " + numpy.__version__


def use_threads(count):
    """The caller has set them, in variables of the environment."""


def array(values, float_type):
    return values.astype(float_type)


def labels(values):
    return values.astype(int)


def identity(n, like):
    return numpy.eye(n, dtype=like.dtype)


def softmax(f):
    e = exp(f - f.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def cross_entropy(f, targets):
    return -log(softmax(f)[numpy.arange(len(f)), targets]).sum()


def diag_embed(values):
    return values[..., None] * identity(values.shape[-1], values)


def logdet(matrix):
    return numpy.linalg.slogdet(matrix)[1]


def solve_lower(matrix, right):
    try:
        from scipy.linalg import solve_triangular
    except ImportError:
        return numpy.linalg.solve(matrix, right)
    return solve_triangular(matrix, right, lower=True)


def deltas(network, x):
    """The outputs, what goes into each layer, and for each output its derivatives with respect to the sums of each layer."""
    f, inputs, _ = network.forward(x)
    unit = identity(f.shape[1], f)
    return f, inputs, [network.backpropagate(inputs, numpy.zeros_like(f) + row) for row in unit]


def adam(function, derivative, start, steps, rate):
    """Minimises a function of one number by its derivative."""
    value, first, second = start, 0.0, 0.0
    for t in range(1, steps + 1):
        gradient = derivative(value)
        first, second = 0.9 * first + 0.1 * gradient, 0.999 * second + 0.001 * gradient ** 2
        value -= rate * first / (1 - 0.9 ** t) / ((second / (1 - 0.999 ** t)) ** 0.5 + 1e-8)
    return float(value)
