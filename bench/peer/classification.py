"""
The sets and the classifiers of scikit-learn. Run as `python3 classification.py`: the first line that it prints is its version and the sets, then it answers requests line by line,
{"inputs", "labels", "points"} with probabilities of the points by the name of the classifier.
"""
import json
import sys
import warnings

try:
    import sklearn
    from sklearn import datasets
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.gaussian_process import GaussianProcessClassifier
    from sklearn.gaussian_process.kernels import RBF, ConstantKernel
    from sklearn.linear_model import LogisticRegressionCV
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
except ImportError:
    sys.exit(0)  # an end without a greeting: not to be had here

warnings.filterwarnings("ignore")  # of optimisers that stop early, as their users see
HIDDEN_UNITS = int(sys.argv[1])
GAUSSIAN_PROCESS_EXAMPLES = 600


def classifiers(examples, inputs):
    network = MLPClassifier((HIDDEN_UNITS,), activation="tanh", solver="lbfgs", alpha=1.0, max_iter=2000, random_state=0)
    yield "sklearn, calibrated networks", CalibratedClassifierCV(network, method="sigmoid", cv=5)
    yield "sklearn, logistic regression", LogisticRegressionCV(Cs=10, cv=5, scoring="neg_log_loss", max_iter=5000)
    if examples <= GAUSSIAN_PROCESS_EXAMPLES:
        yield "sklearn, Gaussian process", GaussianProcessClassifier(ConstantKernel(1.0) * RBF(inputs ** 0.5))


def answer(request):
    inputs, labels, points = request["inputs"], request["labels"], request["points"]
    probabilities = {}
    for name, classifier in classifiers(len(inputs), len(inputs[0])):
        pipeline = make_pipeline(StandardScaler(), classifier).fit(inputs, labels)
        probabilities[name] = pipeline.predict_proba(points).tolist()
    return probabilities


def say(line):
    print(json.dumps(line), flush=True)


sets = {name: getattr(datasets, "load_" + name)() for name in ("iris", "wine", "breast_cancer", "digits")}
say({"version": sklearn.__version__, "sets": {name: {"inputs": each.data.tolist(), "labels": each.target.tolist()} for name, each in sets.items()}})
for line in sys.stdin:
    say(answer(json.loads(line)))
