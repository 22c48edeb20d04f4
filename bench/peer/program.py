"""
The other side of a comparison: answers requests (../protocol.ts) line by line with what laplace-torch does (posterior.py),
in PyTorch or, where asked for, in NumPy. Run as `python3 program.py torch 1`: arrays, number of threads.
"""
import importlib
import json
import statistics
import sys
import time

sys.dont_write_bytecode = True

try:
    arrays = importlib.import_module("with_" + sys.argv[1])
except ImportError:
    sys.exit(0)  # an end without a greeting: not to be had here
arrays.use_threads(int(sys.argv[2]))

import numpy
from network import Network
from posterior import methods


def resident(key):
    """Bytes of memory that this process holds (VmRSS) or has held at most (VmHWM)."""
    try:
        with open("/proc/self/status") as status:
            return next(1024 * int(line.split()[1]) for line in status if line.startswith(key))
    except OSError:
        import resource
        return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def blas():
    """Which BLAS is loaded: the reference BLAS is many times slower than any that one would use."""
    names = {"openblas": "OpenBLAS", "mkl_core": "MKL", "blis": "BLIS", "libblas.so": "the slow reference BLAS"}
    try:
        with open("/proc/self/maps") as maps:
            loaded = maps.read()
    except OSError:
        return "unknown BLAS"
    return next((name for part, name in names.items() if part in loaded), "built-in BLAS")


class Problem:
    """The numbers and settings of a job, as arrays."""

    def __init__(self, settings, float_type, points):
        self.sizes, self.likelihood = settings["sizes"], settings["likelihood"]
        self.noise, self.prior_precision = settings["noise"], settings["priorPrecision"]
        rows, (inputs, outputs) = settings["examples"], (self.sizes[0], self.sizes[-1])
        count = sum(n * (m + 1) for m, n in zip(self.sizes, self.sizes[1:]))
        gaussian = self.likelihood == "gaussian"
        numbers = numpy.fromfile(settings["file"], dtype="<f8")
        ends = numpy.cumsum([count, rows * inputs, rows * (outputs if gaussian else 1)])
        parameters, x, y, test = numpy.split(numbers, ends)
        array = lambda values, *shape: arrays.array(values.reshape(shape), float_type)
        self.parameters = array(parameters, count)
        self.inputs = array(x, rows, inputs)
        self.targets = array(y, rows, outputs) if gaussian else arrays.labels(y)
        self.points = array(test, -1, inputs)[:points]


def answer(request, kept={}):
    key = json.dumps([request["problem"], request["float"], request["points"]])
    if key not in kept:
        kept.clear()
        kept[key] = Problem(request["problem"], request["float"], request["points"])
        kept.setdefault("before", resident("VmRSS"))
    problem, repetitions = kept[key], []
    now = time.process_time if request["clock"] == "processor" else time.perf_counter
    start = now()
    network = Network(arrays, problem.sizes, problem.parameters)
    while not repetitions or now() - start < request["seconds"]:
        seconds = {}

        def stage(name, work):
            begin = now()
            value = work()
            seconds[name] = now() - begin
            return value

        results = methods[request["method"]](arrays, problem, network, stage)
        repetitions.append(seconds)
    return {
        "seconds": {name: statistics.median(each[name] for each in repetitions) for name in repetitions[0]},
        "results": {name: numpy.asarray(values, dtype="f8").ravel().tolist() for name, values in results.items()},
        "memory": {"before": kept["before"], "peak": resident("VmHWM")},
    }


def say(line):
    print(json.dumps(line), flush=True)


say({"name": arrays.NAME, "platform": f"{arrays.VERSION}, {blas()}, {sys.argv[2]} thread{'s' if sys.argv[2] != '1' else ''}"})
for line in sys.stdin:
    try:
        say(answer(json.loads(line)))
    except (MemoryError, RuntimeError) as error:
        if "memory" not in repr(error).lower():
            raise
        say({"refused": "not enough memory"})
