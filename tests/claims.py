"""Numbers of the prose that no cell beside them prints, each with a reason.

    CLAIMS[page][section][number as written] = expression

A section is the title below `## `, the label of the exercise in a page of
solutions, or "" for what stands before the first section.
The expression is evaluated with the names below and has to give the number,
rounded as it is written. It may use arithmetic (`log`, `e`, `sqrt`, `comb`,
`exp`, `factorial`, `pi`), and

- `printed("0.85")`: a cell of the same page prints it, in another section;
  `printed("0.85", "chapters/09_from_scratch")`: a cell of that page does;
- `about(x)`, `above(x)`, `below(x)`: the text says about, or less than, or
  more than; the number is within a tenth of x, or on that side of x and
  within a factor of two;
- `fact("source")`: cannot be computed here; says where it is from.
"""

import json
import math
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

# Sizes of the data sets, of their parts, and of the model
EVERYWHERE = {
    "60,000": "printed('60000', 'chapters/08_fashion_mnist')",
    "50,000": "printed('50000', 'chapters/08_fashion_mnist')",
    "10,000": "printed('10000', 'chapters/08_fashion_mnist')",
    "28": "printed('28', 'chapters/08_fashion_mnist')",
    "784": "28 * 28",
    "7,840": "784 * 10",
    "7,850": "784 * 10 + 10",
    "32": "sqrt(printed('3072', 'chapters/07_numerics') / 3)",
    "178": "printed('178', 'chapters/14_questions_model')",
    "2.303": "log(10)",
}

CLAIMS = {
    "book/index": {
        "": {
            "0.7": "fact('an example of an answer, not a measurement')",
        },
        "How to cite, reuse and correct": {
            "4.0": "fact('the name of a licence')",
        },
    },
    "book/setup": {
        "": {
            "3.11": "fact('requires-python in pyproject.toml')",
        },
        "Run the notebooks": {
            "30": "fact('the size of the four files')",
        },
        "Data": {
            "30": "fact('the size of the four files')",
            "11": "fact('the size of the four files')",
            "13": "fact('the number of a chapter')",
            "170": "fact('the size of the archive')",
        },
    },
    "chapters/01_classification": {
        "The data of this book": {
            "2017": "fact('the licence of Fashion-MNIST')",
            "3072": "32 * 32 * 3",
        },
        "Numbering the classes: measured": {
            "3,628,800": "factorial(10)",
        },
    },
    "chapters/03_losses": {
        "A loss is a negative log-density": {
            "80": "about(printed('0.01033') / printed('0.00013'))",
            "0.02": "above(0.9**40)",
        },
        "What a constant prediction becomes": {
            "9.975": "(9.8 + 9.9 + 10.0 + 10.2) / 4",
            "0.25": "1 / 4",
        },
        "A bake-off": {
            "0.23": "e / (e + 9)",
        },
    },
    "chapters/06_sigmoid": {
        "The sigmoid": {
            "0.23": "printed('0.7311') - 0.5",
            "0.006": "printed('0.9963') - 0.99",
            "709.78": "log(1.7976931348623157e308)",
        },
    },
    "chapters/07_numerics": {
        "Where the exponential leaves the range": {
            "128": "2**7",
        },
        "How accurate is it?": {
            "100,000": "10_000 * 10",
        },
        "Certainty, and the digits beyond it": {
            "0.5": "fact('an example of a loss')",
        },
        "Training in four formats": {
            "20,000": "fact('the pictures that the cell before trains on')",
        },
        "Loops against the matrix form": {
            "60": "fact('S3, notes on CIFAR-10; not reproduced here')",
            "5,000": "fact('the number of pictures in S3')",
            "80": "10 * 8",
        },
    },
    "chapters/08_fashion_mnist": {
        "Standardising": {
            "0.353": "printed('0.353')",
        },
        "What reading data costs": {
            "47": "60_000 * 784 / 1e6",
        },
    },
    "chapters/09_from_scratch": {
        "The loop": {
            "196": "printed('196')",
        },
    },
    "chapters/10_concise": {
        "What the loss accepts": {
            "1.8": "100 / 56",
        },
        "Classic mistakes, and how to recognise them": {
            "16.118": "printed('16.118')",
            "0.004": "sqrt(0.81 * 0.19 / 10_000)",
            "0.05": "2 * printed('0.025')",
        },
        "scikit-learn, on digits": {
            "255": "2**8 - 1",
            "795": "fact('S0, lecture notes with an older scikit-learn')",
            "0.9393": "fact('S0, lecture notes with an older scikit-learn')",
        },
    },
    "chapters/11_evaluation": {
        "The errors, one by one": {
            "0.2": "fact('read off the gallery of errors')",
        },
        "More than one answer, and how sure": {
            "0.011": "printed('0.466') - printed('0.455')",
            "0.004": "printed('0.842') - printed('0.838')",
        },
        "Calibration": {
            "3.14": "pi",
            "40": "below(100 * (1 - printed('0.672') / printed('1.185')))",
        },
        "Decisions": {
            "0.002": "printed('0.195') - printed('0.193')",
            "0.9": "1 - 0.1",
        },
        "Weights as pictures": {
            "785": "784 + 1",
        },
    },
    "chapters/12_regularisation": {
        "One split is not cross-validation": {
            "200": "1000 / 5",
            "800": "1000 * 4 / 5",
            "0.011": "0.032 / sqrt(8)",
        },
    },
    "chapters/13_optimisation": {
        "Conditioning, measured": {
            "500": "50 * 10",
        },
        "Better coordinates": {
            "50": "49 + 1",
        },
        "The curvature of each class": {
            "20": "10 * 2",
            "40": "20 * 2",
        },
        "Full size, in seconds": {
            "20,000": "fact('an example of a number of features')",
            "32": "10 * 20_000**2 * 8 / 1e9",
        },
    },
    "chapters/14_questions_model": {
        "Is it a linear model, if softmax is not linear?": {
            "3.32": "(printed('7.064') + 6.218) / 4",
            "17": "16 + 1",
            "136": "16 * 17 / 2",
        },
    },
    "chapters/14_questions_loss": {
        "Should the targets be soft (label smoothing)?": {
            "2.3": "log(10)",
            "91": "(0.9 + 0.1 / 10) / (0.1 / 10)",
        },
        "Why does only the right class appear in the loss?": {
            "1,000": "printed('1000', 'chapters/08_fashion_mnist')",
            "5,000": "fact('the pictures that clothes was fitted to')",
        },
        "What is the likelihood curve a curve of?": {
            "19": "18 + 1",
        },
        "Why not squared error?": {
            "7.4": "e**2",
        },
        "My classes are unbalanced. Should I weight the loss?": {
            "9,100": "9 * 1000 + 100",
            "0.011": "100 / 9100",
        },
    },
    "chapters/14_questions_code": {
        "Should I put a softmax before CrossEntropyLoss?": {
            "1.8": "below(printed('1.86'))",
            "0.65": "(0.64 + 0.66) / 2",
        },
        "What should the first loss be?": {
            "0.03": "above(2.33 - log(10))",
            "2.55": "0.01 * 255",
        },
        "Why does my result differ from scikit-learn's?": {
            "13": "fact('the number of features of the wines')",
        },
    },
    "chapters/14_questions_trust": {
        "Accuracy rises, then falls. What is happening?": {
            "0.123": "printed('0.647') - printed('0.524')",
            "0.045": "printed('0.568') - printed('0.523')",
        },
        "Can the probabilities be trusted?": {
            "11": "fact('the number of a chapter')",
            "0.19": "printed('0.69') - printed('0.50')",
        },
        "Must the features be scaled?": {
            "255": "2**8 - 1",
        },
        "When should I use something else?": {
            "569": "printed('569', 'chapters/06_sigmoid')",
        },
    },
    "book/assignments": {
        "": {
            "20": "fact('tests/assignments/test_assignments.py')",
            "11": "fact('the number of a chapter')",
        },
    },
    "book/instructors": {
        "What there is": {
            "11": "fact('tests/assignments/test_guide.py')",
            "20": "fact('tests/assignments/test_assignments.py')",
            "0.8": "fact('a version of bubblewrap')",
        },
        "Hand out": {
            "0.9": "fact('a version of nbgrader')",
        },
        "Collect and grade": {
            "75": "fact('tests/benchmarks/grading.py')",
            "92": "fact('tests/benchmarks/grading.py')",
            "5.7": "fact('tests/benchmarks/grading.py')",
            "5.3": "fact('tests/benchmarks/grading.py')",
            "41": "fact('tests/benchmarks/grading.py')",
            "1.2": "fact('tests/benchmarks/grading.py')",
            "1.5": "fact('tests/assignments/test_guide.py')",
            "1.9": "fact('tests/benchmarks/grading.py')",
            "2.0": "fact('tests/assignments/test_guide.py')",
        },
        "The sandbox": {
            "60": "fact('tests/assignments/test_guide.py')",
            "15": "fact('tests/assignments/test_guide.py')",
        },
        "Add an assignment": {
            "20": "fact('tests/assignments/test_assignments.py')",
        },
        "Three syllabuses": {
            "4.5": "fact('tests/assignments/test_guide.py')",
            "3.5": "fact('tests/assignments/test_guide.py')",
            "3.2": "fact('tests/assignments/test_guide.py')",
            "2.5": "fact('tests/assignments/test_guide.py')",
            "2.8": "fact('tests/assignments/test_guide.py')",
            "2.2": "fact('tests/assignments/test_guide.py')",
            "1.5": "fact('tests/assignments/test_guide.py')",
            "2.0": "fact('tests/assignments/test_guide.py')",
            "1.3": "fact('tests/assignments/test_guide.py')",
        },
    },
    "book/appendices/reproducibility": {
        "The data": {
            "2017": "fact('the licence of Fashion-MNIST')",
            "569": "printed('569', 'chapters/06_sigmoid')",
            "30": "printed('30', 'chapters/06_sigmoid')",
            "150": "fact('scikit-learn: load_iris')",
            "1,797": "printed('1797', 'chapters/14_questions_model')",
            "3.3": "fact('Northcutt et al. (2021)')",
        },
        "How the outputs were made": {
            "3.11": "fact('the version that made the outputs')",
            "64": "fact('the name of a kind of processor')",
        },
        "What may differ, and by how much": {
            "0.3": "printed('0.3000', 'chapters/03_losses')",
            "3.12": "fact('the first version not tried')",
        },
    },
    "book/appendices/errata": {
        "The model": {
            "1959": "fact('the year of the book by Luce')",
            "35": "12.5 + 23 - 0.5",
        },
        "The loss": {
            "0.01": "0.1 / 10",
        },
        "Numerics": {
            "88.7": "printed('88.72', 'chapters/07_numerics')",
        },
        "Code and practice": {
            "795": "fact('S0, lecture notes with an older scikit-learn')",
            "60": "fact('S3, notes on CIFAR-10')",
        },
    },
    "book/appendices/coverage": {
        "": {
            "0.5108": "-log(0.6)",
            "0.1755": "printed('0.1755', 'chapters/04_likelihood')",
            "5.1755": "printed('5.1755', 'chapters/04_likelihood')",
        },
    },
    "book/solutions/01_classification": {
        "ex-01-ridge": {
            "2.5": "3 - 0.5",
        },
    },
    "book/solutions/02_softmax_model": {
        "ex-02-normalisers": {
            "709.78": "log(1.7976931348623157e308)",
        },
    },
    "book/solutions/07_numerics": {
        "ex-07-mean-shift": {
            "87": "below(-log(1.1754943508222875e-38))",
        },
        "ex-07-kahan": {
            "128": "2**7",
        },
        "ex-07-log1p": {
            "60": "fact('a range that the exercise asks for')",
        },
    },
    "book/solutions/08_fashion_mnist": {
        "ex-08-folds": {
            "4,000": "5000 * 4 / 5",
        },
    },
    "book/solutions/10_concise": {
        "ex-10-axis": {
            "5.567": "printed('5.567', 'chapters/10_concise')",
            "3.969": "printed('3.969', 'chapters/10_concise')",
        },
        "ex-10-smoothing": {
            "1.461": "log(1 + 9 / e)",
        },
    },
    "book/solutions/11_evaluation": {
        "": {
            "11": "fact('the number of a chapter')",
        },
        "ex-11-no-mistake": {
            "3.84": "1.96**2",
            "2.5": "(100 - 95) / 2",
            "0.025": "(1 - 0.95) / 2",
            "3.69": "-log(0.025)",
        },
    },
    "book/solutions/12_regularisation": {
        "ex-12-factor": {
            "30": "printed('30', 'chapters/06_sigmoid')",
        },
        "ex-12-nested": {
            "240": "300 * 4 / 5",
        },
        "ex-12-curse": {
            "0.134": "0.84 * 0.16",
            "0.81": "0.9**2",
            "0.44": "sqrt(1 - 0.9**2)",
        },
        "ex-12-mirror": {
            "0.005": "sqrt(0.4 * 0.6 / 10_000)",
        },
    },
    "book/solutions/13_optimisation": {
        "": {
            "13": "4405 / 347",
        },
        "ex-13-penalty": {
            "13": "4405 / 347",
        },
    },
}


@dataclass(frozen=True)
class Fact:
    """Something that is not computed, and where it comes from."""

    source: str


@dataclass(frozen=True)
class Between:
    """A rounder number than the one it stands for."""

    low: float
    high: float


@cache
def outputs(page):
    """All text that the cells of a page print."""
    notebook = json.loads((ROOT / f"{page}.ipynb").read_text("utf-8"))
    texts = [text for cell in notebook["cells"]
             if cell["cell_type"] == "code" for output in cell["outputs"]
             for text in (output.get("text", ""),
                          output.get("data", {}).get("text/plain", ""))]
    return "\n".join(map("".join, texts))


def evaluate(expression, page):
    """The value of a claim's expression, as it holds on a page."""

    def printed(number, where=page):
        whole = rf"(?<![\d.]){re.escape(number)}(?![\d]|\.\d)"
        assert re.search(whole, outputs(where)), f"{where} prints no {number}"
        return float(number.replace(",", ""))

    names = {name: getattr(math, name) for name in (
        "comb", "e", "exp", "factorial", "log", "log2", "pi", "sqrt")}
    return eval(expression, {"__builtins__": {}}, {
        **names, "printed": printed,
        "about": lambda x: Between(0.9 * x, 1.1 * x),
        "above": lambda x: Between(x, 2 * x),
        "below": lambda x: Between(x / 2, x), "fact": Fact})
