"""Arrays and derivatives by PyTorch."""
import torch
from torch import concat as concatenate
from torch import diag_embed, diagonal, exp, log, logdet, stack, tanh
from torch.linalg import cholesky, eigh

NAME = "PyTorch"
VERSION = "PyTorch " + torch.__version__


def use_threads(count):
    torch.set_num_threads(count)


def array(values, float_type):
    return torch.from_numpy(values).to(getattr(torch, float_type))


def labels(values):
    return torch.from_numpy(values).long()


def identity(n, like):
    return torch.eye(n, dtype=like.dtype)


def flip(matrix):
    return torch.flip(matrix, (0, 1))


def softmax(f):
    return torch.softmax(f, -1)


def cross_entropy(f, targets):
    return torch.nn.functional.cross_entropy(f, targets, reduction="sum")


def solve_lower(matrix, right):
    return torch.linalg.solve_triangular(matrix, right, upper=False)


def deltas(network, x):
    """The outputs, what goes into each layer, and for each output its derivatives with respect to the sums of each layer."""
    f, inputs, sums = network.forward(x.detach().requires_grad_())
    backward = [torch.autograd.grad(f[:, k].sum(), sums, retain_graph=True) for k in range(f.shape[1])]
    return f.detach(), [z.detach() for z in inputs], backward


def adam(function, derivative, start, steps, rate):
    """Minimises a function of one number, whose derivative PyTorch finds itself."""
    value = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.Adam([value], lr=rate)
    for _ in range(steps):
        optimizer.zero_grad()
        function(value).backward()
        optimizer.step()
    return float(value)
