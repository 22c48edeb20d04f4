"""
What laplace-torch 0.2 does, step by step, with BackPACK's ways to take Jacobians and factors: Jacobians of all examples are held in
memory, the covariance of the weights is a matrix where the structure is full, and the evidence takes a determinant of its own.
"""
import math


class Posterior:
    """What the structures share. `loss` and `curvature` are free of the noise, whose precision is `scale`."""

    def __init__(self, arrays, problem, network):
        self.arrays, self.problem, self.network = arrays, problem, network
        self.scale = problem.noise ** -2 if problem.likelihood == "gaussian" else 1.0
        self.mean = self.weights()
        self.fit()

    def weights(self):
        return self.network.parameters

    def jacobians(self, x):
        return self.network.jacobians(x)

    def error(self, f):
        if self.problem.likelihood == "gaussian":
            return 0.5 * ((f - self.problem.targets) ** 2).sum()
        return self.arrays.cross_entropy(f, self.problem.targets)

    def output_hessian(self, f):
        """diag(p) - p p' for classes: N x K x K."""
        p = self.arrays.softmax(f)
        return self.arrays.diag_embed(p) - p[:, :, None] * p[:, None, :]

    def output_factor(self, f):
        """S with S S' the Hessian of the loss at each output, R x N x K."""
        a = self.arrays
        if self.problem.likelihood == "gaussian":
            return a.identity(f.shape[1], f)[:, None, :] + 0 * f
        root = a.softmax(f) ** 0.5
        s = a.diag_embed(root) - (root * root)[:, :, None] * root[:, None, :]
        return a.stack([s[:, :, r] for r in range(f.shape[1])], 0)

    def log_likelihood(self):
        normalizer = 0.0
        if self.problem.likelihood == "gaussian":
            normalizer = self.count * math.log(self.problem.noise * math.sqrt(2 * math.pi))
        return -self.scale * self.loss - normalizer

    def log_evidence(self, alpha, log=math.log):
        ratio = self.log_determinant(alpha) - len(self.mean) * log(alpha)
        return self.log_likelihood() - 0.5 * (ratio + alpha * (self.mean @ self.mean))

    def predict(self, x):
        """Outputs and their covariances; for classes the probabilities too, by the probit approximation."""
        a = self.arrays
        js, f = self.jacobians(x)
        covariance = self.output_covariance(js)
        if self.problem.likelihood == "gaussian":
            return {"mean": f}, covariance
        kappa = (1 + math.pi / 8 * a.diagonal(covariance, 0, 1, 2)) ** -0.5
        return {"probabilities": a.softmax(kappa * f)}, covariance


class Full(Posterior):
    def fit(self):
        js, f = self.jacobians(self.problem.inputs)
        self.loss, self.count = self.error(f), f.shape[0] * f.shape[1]
        weighted = js if self.problem.likelihood == "gaussian" else self.output_hessian(f) @ js
        self.curvature = weighted.reshape(self.count, -1).T @ js.reshape(self.count, -1)

    def precision(self, alpha):
        return self.scale * self.curvature + alpha * self.arrays.identity(len(self.mean), self.curvature)

    def log_determinant(self, alpha):
        return self.arrays.logdet(self.precision(alpha))

    def covariance(self, alpha):
        """Through a square root from the Cholesky factor of the precision, as torch.distributions has it."""
        a = self.arrays
        factor = a.cholesky(a.flip(self.precision(alpha)))
        root = a.solve_lower(a.flip(factor).T, a.identity(len(factor), factor))
        return root @ root.T

    def output_covariance(self, js):
        return js @ self.covariance(self.problem.prior_precision) @ js.swapaxes(1, 2)


class LastLayer(Full):
    """Jacobians of the last layer: the features of an example, once for each output."""

    def weights(self):
        last, _ = self.network.layers[-1]
        return self.network.parameters[len(self.network.parameters) - (last.shape[1] + 1) * last.shape[0]:]

    def jacobians(self, x):
        f, inputs, _ = self.network.forward(x)
        identity = self.arrays.identity(f.shape[1], f)
        js = identity[None, :, :, None] * inputs[-1][:, None, None, :]
        of_biases = identity[None, :, :] + 0 * f[:, :, None]
        return self.arrays.concatenate([js.reshape(len(x), f.shape[1], -1), of_biases], 2), f


class Layered(Posterior):
    """Structures whose curvature comes from activations and backpropagated factors, layer by layer."""

    def fit(self):
        f, inputs, _ = self.network.forward(self.problem.inputs)
        self.loss, self.count = self.error(f), f.shape[0] * f.shape[1]
        factors = self.network.backpropagate(inputs, self.output_factor(f))
        self.curvature = [self.block(z, v) for z, v in zip(inputs, factors)]


class Diagonal(Layered):
    def block(self, z, v):
        squares = (v * v).sum(0)
        return self.arrays.concatenate([(squares.T @ (z * z)).reshape(-1), squares.sum(0)], 0)

    def precision(self, alpha):
        return self.scale * self.arrays.concatenate(self.curvature, 0) + alpha

    def log_determinant(self, alpha):
        return self.arrays.log(self.precision(alpha)).sum()

    def output_covariance(self, js):
        return (js * (1 / self.precision(self.problem.prior_precision))) @ js.swapaxes(1, 2)


class Kronecker(Layered):
    """A block B (x) A for each weight matrix, in the eigenbases of both, and a block B for its biases."""

    def block(self, z, v):
        rows = v.reshape(-1, v.shape[-1])
        (b, q), (c, r) = self.arrays.eigh(rows.T @ rows), self.arrays.eigh(z.T @ z / len(z))
        return b * (b > 0), q, c * (c > 0), r

    def log_determinant(self, alpha):
        terms = ((self.scale * b[:, None] * c + alpha, self.scale * b + alpha) for b, _, c, _ in self.curvature)
        return sum(self.arrays.log(each).sum() for pair in terms for each in pair)

    def output_covariance(self, js):
        alpha, parts, start = self.problem.prior_precision, [], 0
        rows = js.reshape(-1, js.shape[-1])
        for b, q, c, r in self.curvature:
            end = start + len(b) * len(c)
            block = rows[:, start:end].reshape(-1, len(b), len(c))
            block = (q.T @ block @ r) / (self.scale * b[:, None] * c + alpha)
            parts.append((q @ block @ r.T).reshape(len(rows), -1))
            biases = rows[:, end:end + len(b)]
            parts.append((biases @ q / (self.scale * b + alpha)) @ q.T)
            start = end + len(b)
        return self.arrays.concatenate(parts, 1).reshape(js.shape) @ js.swapaxes(1, 2)


class FunctionSpace(Posterior):
    """
    Not what laplace-torch does: the full posterior of networks too large for it, by the N x N Gram matrix of the Jacobians of one
    output, a sum over layers of products of activations and of deltas.
    """

    def signals(self, x):
        f, inputs, (deltas,) = self.arrays.deltas(self.network, x)
        return f, list(zip(inputs, deltas))

    def gram(self, left, right):
        return sum((z @ z2.T + 1) * (d @ d2.T) for (z, d), (z2, d2) in zip(left, right))

    def fit(self):
        a = self.arrays
        f, self.training = self.signals(self.problem.inputs)
        self.loss, self.count = self.error(f), len(f)
        kernel = self.gram(self.training, self.training) * (self.scale / self.problem.prior_precision)
        self.factor = a.cholesky(kernel + a.identity(len(f), f))

    def log_determinant(self, alpha):
        return 2 * self.arrays.log(self.arrays.diagonal(self.factor, 0, 0, 1)).sum() + len(self.mean) * math.log(alpha)

    def predict(self, x):
        alpha = self.problem.prior_precision
        f, signals = self.signals(x)
        prior = sum(((z * z).sum(1) + 1) * (d * d).sum(1) for z, d in signals) / alpha
        half = self.arrays.solve_lower(self.factor, self.gram(self.training, signals)) * (self.scale ** 0.5 / alpha)
        return {"mean": f}, (prior - (half * half).sum(0))[:, None, None]


def error_bars(structure):
    def method(arrays, problem, network, stage):
        posterior = stage("fit", lambda: structure(arrays, problem, network))
        results, covariance = stage("predict", lambda: posterior.predict(problem.points))
        evidence = stage("evidence", lambda: float(posterior.log_evidence(problem.prior_precision)))
        return {**results, "variance": arrays.diagonal(covariance, 0, 1, 2), "log evidence": [evidence]}
    return method


def tuned(arrays, problem, network, stage):
    """The prior precision by 100 steps of Adam on its logarithm, from which the evidence is computed anew in each."""
    posterior = Full(arrays, problem, network)

    def objective(logarithm):
        return -posterior.log_evidence(arrays.exp(logarithm), arrays.log)

    def derivative(logarithm):
        alpha = math.exp(logarithm)
        return 0.5 * alpha * (posterior.covariance(alpha).trace() + posterior.mean @ posterior.mean) - 0.5 * len(posterior.mean)

    alpha = math.exp(stage("tune", lambda: arrays.adam(objective, derivative, math.log(problem.prior_precision), 100, 0.1)))
    return alpha, float(posterior.log_evidence(alpha))


def tuning(*job):
    return {"log evidence": [tuned(*job)[1]]}


def tuning_by_adam(*job):
    alpha, evidence = tuned(*job)
    return {"log evidence": [evidence], "prior precision": [alpha]}


methods = {
    "full": error_bars(Full),
    "lastLayer": error_bars(LastLayer),
    "diagonal": error_bars(Diagonal),
    "kronecker": error_bars(Kronecker),
    "functionSpace": error_bars(FunctionSpace),
    "tuning": tuning,
    "tuningByAdam": tuning_by_adam,
}
