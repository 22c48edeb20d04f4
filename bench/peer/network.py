"""A chain of linear layers with tanh between them, over arrays of either kind."""


class Network:
    def __init__(self, arrays, sizes, parameters):
        self.arrays, self.parameters, self.layers, start = arrays, parameters, [], 0
        for inputs, outputs in zip(sizes, sizes[1:]):
            end = start + inputs * outputs
            self.layers.append((parameters[start:end].reshape(outputs, inputs), parameters[end:end + outputs]))
            start = end + outputs

    def forward(self, x):
        """The outputs; what goes into each layer; the sums that come out of each, before any tanh."""
        inputs, sums = [], []
        for weights, biases in self.layers:
            inputs.append(self.arrays.tanh(sums[-1]) if sums else x)
            sums.append(inputs[-1] @ weights.T + biases)
        return sums[-1], inputs, sums

    def backpropagate(self, inputs, cotangents):
        """For cotangents of R x N x K, those of the sums of each layer: R x N x outputs."""
        deltas = [cotangents]
        for (weights, _), z in zip(reversed(self.layers[1:]), reversed(inputs[1:])):
            deltas.insert(0, (deltas[0] @ weights) * (1 - z * z))
        return deltas

    def jacobians(self, x):
        """df_k(x_n)/dw, N x K x W, and f: a backward pass for each output, an outer product for each example and layer."""
        f, inputs, deltas = self.arrays.deltas(self, x)
        rows = []
        for of_layers in deltas:
            parts = []
            for z, delta in zip(inputs, of_layers):
                parts += [(delta[:, :, None] * z[:, None, :]).reshape(len(x), -1), delta]
            rows.append(self.arrays.concatenate(parts, 1))
        return self.arrays.stack(rows, 2).swapaxes(1, 2), f
