"""Numbers of the prose that no cell beside them prints, each with a reason.

    CLAIMS[page][section][number as written] = expression

A section is the title below `## `, the label of the exercise in a page of
solutions, or "" for what stands before the first section. The expression has
to give the number, rounded as it is written. It may use arithmetic (`log`,
`e`, `sqrt`, `comb`, `exp`, `factorial`, `pi`) and the functions of
`evidence.py`:

- `printed("0.85")`: another cell of the page prints it; with a second
  argument, `printed("0.85", "chapters/08_from_scratch")`, one of that page;
- `coded(256)`: likewise, but it stands in the code, also of a figure or in a
  list;
- `about(x)`, `above(x)`, `below(x)`: the text says about, or less than, or
  more than; the number is within a tenth of x, or on that side of x and
  within a factor of two. `Between(low, high)`: an example, of which only
  the range matters;
- `chapter("14_optimisation")`, `version("nbgrader")`, `version("python")`,
  `megabytes("mnist")`, `shape("wine")`, `points()`, `exercises()`,
  `hours(1, 2)`, `limit("cell")`: what the table of contents, the
  requirements, the loader, scikit-learn, the assignments, the chapters and
  the grader know; `in_file("LICENSE-TEXT")`: that file has the number;
- `year("luce1959individual")`: of a reference that the section cites;
- `quoted("northcutt2021pervasive", "per cent of labels")`: measured or said
  elsewhere; the section names where: a reference, a script, an address.
"""

# Sizes of the data sets, of their parts, and of the model
EVERYWHERE = {
    "60,000": "printed('60000', 'chapters/07_fashion_mnist')",
    "50,000": "printed('50000', 'chapters/07_fashion_mnist')",
    "10,000": "printed('10000', 'chapters/07_fashion_mnist')",
    "28": "printed('28', 'chapters/07_fashion_mnist')",
    "784": "28 * 28",
    "7,840": "784 * 10",
    "7,850": "784 * 10 + 10",
    "32": "sqrt(printed('3072', 'chapters/10_numerics') / 3)",
    "178": "printed('178', 'chapters/18_questions_model')",
    "2.303": "log(10)",
}

CLAIMS = {
    "book/index": {
        "": {},
        "Four surprises": {
            "0.84": "printed('0.84', 'chapters/18_questions_trust')",
            "0.98": "printed('0.98', 'chapters/18_questions_trust')",
            "1.461": "log(1 + 9 / e)",
            "1.87": "printed('1.87', 'chapters/18_questions_trust')",
            "0.56": "-printed('-0.56', 'chapters/18_questions_trust')",
            "0.371": "printed('0.371', 'chapters/18_questions_loss')",
            "1,000": "coded(1000, 'chapters/18_questions_loss')",
            "0.416": "printed('0.416', 'chapters/18_questions_loss')",
            "0.805": "printed('0.805', 'chapters/18_questions_loss')",
        },
        "Four ways through the book": {
            "3.2": "hours(2, 4, 8)",
            "40": "60 * hours(11)",
            "5.6": "hours(2, 3, 4, 5, 6)",
        },
        "Chapters": {
            "45": "60 * hours(1)",
            "75": "60 * hours(2)",
            "70": "60 * hours(3)",
            "60": "60 * hours(4)",
            "85": "60 * hours(5)",
            "50": "60 * hours(9)",
            "40": "60 * hours(11)",
            "80": "60 * hours(13)",
            "95": "60 * hours(14)",
            "11": "chapter('11_wrong_programs')",
            "12": "chapter('12_evaluation')",
            "13": "chapter('13_regularisation')",
            "14": "chapter('14_optimisation')",
            "15": "chapter('15_loss_comparison')",
            "16": "chapter('16_weights')",
            "17": "chapter('17_many_labels')",
            "18": "chapter('18_questions_model')",
        },
        "How to cite, reuse and correct": {
            "4.0": "in_file('LICENSE-TEXT')",
        },
    },
    "book/setup": {
        "": {
            "3.11.5": "version('python')",
            "14": "in_file('tests/resolve.py')",
        },
        "Run the notebooks": {
            "31": "megabytes('fashion_mnist')",
        },
        "Without installing: Colab and Binder": {
            "1.5": "1500 / 1000",
            # MB that importing torch takes: 2.15 for CUDA, 2.13 for processors
            "0.3": "(527 - 229) / 1000",
        },
        "Data": {
            "31": "megabytes('fashion_mnist')",
            "12": "megabytes('mnist')",
            "360": "megabytes('cifar10')",
        },
    },
    "chapters/01_classification": {
        "One-hot targets": {
            "0.398": "printed('0.398')",
        },
        "Numbering the classes: measured": {
            "3,628,800": "factorial(10)",
        },
    },
    "chapters/02_softmax_model": {
        "Second answer: Bayes' rule": {
            "60": "coded(60)",
            "3,000": "coded(3000)",
        },
        "The model": {
            "15": "4 * 3 + 3",
        },
        "From scores to probabilities": {
            "1.5": "-3 / (-3 + 1)",
            "0.5": "-1 / (-3 + 1)",
        },
        "A batch at a time": {
            "789": "coded(789)",
        },
    },
    "chapters/03_losses": {
        "ex-03-tie": {
            "0.40": "coded(0.4)",
        },
        "Softmax against the support vector machine": {
            "0.6": "Between(0.5, 1)",
            "0.99": "Between(0.6, 1)",
            "0.40": "coded(0.4)",
        },
        "A loss is a negative log-density": {
            "0.02": "above(0.9**40)",
            "0.9": "1 - 0.1",
        },
        "What a constant prediction becomes": {
            "9.975": "(9.8 + 9.9 + 10.0 + 10.2) / 4",
        },
        "Four losses for a class": {
            "2.5": "coded(2.5)",
            "0.5": "2.5 - 3 + 1",
        },
        "What a loss still wants when the answer is right": {
            "0.010": "printed('0.010')",
        },
        "On real data": {
            "0.843": "printed('0.843', 'chapters/15_loss_comparison')",
            "0.848": "printed('0.848', 'chapters/15_loss_comparison')",
            "0.842": "printed('0.842', 'chapters/15_loss_comparison')",
            "0.812": "printed('0.812', 'chapters/15_loss_comparison')",
            "0.005": "printed('0.005', 'chapters/15_loss_comparison')",
            "0.032": "printed('0.032', 'chapters/15_loss_comparison')",
            "0.002": "printed('0.002', 'chapters/15_loss_comparison')",
            "0.003": "printed('0.003', 'chapters/15_loss_comparison')",
            "0.001": "printed('0.001', 'chapters/15_loss_comparison')",
        },
    },
    "chapters/04_likelihood": {
        "A coin": {
            "0.5": "coded(0.5)",
            "13": "12 + 1",
            "0.0769": "printed('0.0769')",
        },
        "Entropy, codes, and why cross-entropy is not a distance": {
            "110": "Between(100, 111)",
            "111": "Between(110, 112)",
        },
        "The probability of what happened": {
            "0.3": "coded(0.3)",
            "0.1": "coded(0.1)",
        },
        "Soft targets": {
            "0.5": "0.9 / 1.8",
            "0.1": "coded(0.1)",
        },
    },
    "chapters/05_gradient": {
        "The second derivative": {
            "7850": "784 * 10 + 10",
        },
        "The derivative of softmax": {
            "0.10": "0.5 * 0.2",
            "0.5": "coded(0.5)",
            "0.3": "coded(0.3)",
            "0.2": "coded(0.2)",
        },
    },
    "chapters/06_sigmoid": {
        "ex-06-separable": {
            "569": "shape('breast_cancer')[0]",
        },
        "One column is enough": {
            "0.8808": "1 - printed('0.1192')",
        },
        "The sigmoid": {
            "0.23": "printed('0.7311') - 0.5",
            "0.006": "printed('0.9963') - 0.99",
        },
        "The boundary": {
            "30": "shape('breast_cancer')[1]",
            "0.1": "1 - 0.9",
            "0.9": "coded(0.9)",
        },
        "Many labels": {
            "0.693": "log(2)",
        },
    },
    "chapters/10_numerics": {
        "ex-10-log1p": {
            "60": "Between(36, 100)",
        },
        "ex-10-condition": {
            "100": "Between(64, 128)",
        },
        "Where the exponential leaves the range": {
            "40": "Between(11, 88)",
            "90": "about(printed('88.72'))",
            "700": "about(printed('709.78'))",
            "3.40": "printed('3.40')",
            "1.23": "coded(1.23)",
            "4.56": "coded(4.56)",
            "7.89": "coded(7.89)",
            "123": "100 * 1.23",
            "456": "100 * 4.56",
            "789": "100 * 7.89",
            "88.72": "printed('88.72')",
            "709.78": "printed('709.78')",
            "11.3": "88.72 / 7.89 + 0.05",
            "84.6": "103.97 / 1.23 + 0.05",
        },
        "The log-sum-exp trick: shift by the maximum": {
            "17.33": "printed('17.33')",
            "103.97": "printed('103.97')",
            "745.13": "printed('745.13')",
        },
        "Why losses take logits": {
            "709.78": "log(1.7976931348623157e308)",
        },
        "Loops against the matrix form": {
            "3072": "coded(3072)",
            "80": "10 * 8",
            "60": "quoted('err-sixty', 'as S3 reports')",
            "5,000": "quoted('err-sixty', 'as S3 reports')",
            "3,072": "printed('3072')",
        },
        "Second reading: how accurate is it?": {
            "20": "35 - 15",
            "0.5": "Between(0.2, 1)",
            "100,000": "10_000 * 10",
            "100": "100 * 1.0",
        },
        "Second reading: how many bits does training need?": {
            "20,000": "coded(20_000)",
        },
    },
    "chapters/07_fashion_mnist": {
        "With torchvision": {
            "256": "2**8",
        },
        "Standardising": {
            "0.447": "printed('0.447')",
            "0.02": "coded(0.02)",
            "0.465": "printed('0.465', 'chapters/08_from_scratch')",
        },
    },
    "chapters/08_from_scratch": {
        "The loop": {
            "196": "printed('196')",
        },
        "The test set, once": {
            "0.465": "printed('0.465')",
        },
        "What it has learned": {
            "0.005": "coded(0.005)",
            "0.998": "printed('0.998')",
            "70": "coded(70)",
            "0.52": "printed('0.52')",
            "0.74": "printed('0.74')",
        },
    },
    "chapters/09_concise": {
        "What the loss accepts": {
            "1.8": "100 / 56",
            "0.9": "coded(0.9)",
            "0.1": "coded(0.1)",
        },
        "Sixteen bits, and where GradScaler comes in": {
            "16": "2 * 8",
        },
    },
    "chapters/11_wrong_programs": {
        "ex-11-which": {
            "3.7": "Between(3.67, 4.159)",
            "0.8": "Between(0.5, 1)",
        },
        "A program with a place for every mistake": {
            "0.6": "printed('0.595')",
        },
        "Sum instead of mean": {
            "0.1": "1 / 10",
            "0.8": "printed('0.808')",
        },
        "A naive logarithm": {
            "16.118": "printed('16.118', 'chapters/09_concise')",
        },
        "Labels and pixels": {
            "0.1": "1 / 10",
        },
        "Class weights with label smoothing": {
            "0.1": "coded(0.1)",
            "0.05": "5 * 0.1 / 10",
            "0.91": "1 - 0.1 + 0.1 / 10",
            "0.01": "0.1 / 10",
            "0.048": "0.05 / (0.91 + 8 * 0.01 + 0.05)",
        },
        "Measuring": {
            "0.004": "sqrt(0.81 * 0.19 / 10_000)",
        },
        "The signatures": {
            "256": "coded(256)",
            "1.461": "printed('1.461')",
            "16.118": "printed('16.118', 'chapters/09_concise')",
            "255": "printed('255')",
            "0.05": "2 * printed('0.025')",
        },
        "Summary": {
            "0.05": "2 * printed('0.025')",
        },
    },
    "chapters/12_evaluation": {
        "ex-12-few": {
            "1,000": "coded(1000)",
        },
        "ex-12-pairing": {
            "0.01": "coded(0.01)",
        },
        "An accuracy has an error": {
            "50": "Between(11, 1000)",
            "95": "100 * coded(0.95)",
        },
        "Which classes are confused": {
            "0.625": "printed('0.625')",
            "0.062": "printed('0.062')",
            "0.569": "printed('0.569')",
            "45": "comb(10, 2)",
            "0.99": "1 - 0.01",
        },
        "Calibration": {
            "12": "printed('12')",
            "0.01": "coded(0.01)",
            "0.05": "printed('0.0505')",
            "3.14": "pi",
            "0.022": "printed('0.022')",
            "0.6": "1 - 0.3 - 0.1",
            "0.3": "Between(0.1, 0.6)",
            "0.1": "Between(0, 0.3)",
            "95": "100 * (0.975 - coded(0.025))",
            "40": "below(100 * (1 - printed('0.672') / printed('1.185')))",
        },
        "Decisions": {
            "0.2": "1 / (1 + 4)",
            "0.9": "1 - 0.1",
            "0.100": "coded(0.1)",
        },
    },
    "chapters/13_regularisation": {
        "ex-13-patience": {
            "0.90": "coded(0.9, 'book/solutions/13_regularisation')",
            "0.70": "coded(0.7, 'book/solutions/13_regularisation')",
            "0.60": "coded(0.6, 'book/solutions/13_regularisation')",
        },
        "What the penalty does to the weights": {
            "0.847": "printed('1.694') / 2",
        },
        "One split is not cross-validation": {
            "200": "1000 / 5",
            "800": "1000 * 4 / 5",
            "1,000": "coded(1000)",
            "24": "24_000 / 1000",
            "15": "100 / sqrt(2 * 23)",
        },
        "Early stopping acts like a penalty": {
            "1.69": "((1 - exp(-1.7933)) * (1 + 1 / 1.7933)) ** 2",
            "1.298": "(1 - exp(-1.7933)) * (1 + 1 / 1.7933)",
            "1,000": "coded(1000)",
        },
        "CIFAR-10, as far as a linear model goes": {
            "16": "4 * 4",
            "40,000": "printed('40000')",
            "3,072": "32 * 32 * 3",
        },
    },
    "chapters/14_optimisation": {
        "How long a step may be": {
            "2.3": "log(10)",
        },
        "A valley in two dimensions": {
            "150": "about(printed('156'))",
        },
        "scikit-learn, on digits": {
            "255": "2**8 - 1",
            "30,000": "printed('30000')",
        },
        "The problem, and its price": {
            "49": "7 * 7",
        },
        "Conditioning, measured": {
            "500": "50 * 10",
        },
        "Newton's method": {
            "13": "100 * printed('0.13')",
            "500": "50 * 10",
        },
        "The curvature of each class": {
            "30": "10 * 3",
            "102": "printed('102')",
        },
        "Full size, in seconds": {
            "20,000": "sqrt(32e9 / (10 * 8))",
            "32": "10 * 20_000**2 * 8 / 1e9",
            "785": "coded(785)",
            "795": "quoted('yehoshua2023softmax', 'with an older scikit-learn')",
        },
        "Which solver": {
            "5001": "5000 + 1",
        },
    },
    "chapters/15_loss_comparison": {
        "One rate is not fair": {
            "0.855": "printed('0.855')",
            "0.850": "printed('0.850')",
            "0.861": "printed('0.861')",
            "0.01": "coded(0.01)",
            "0.04": "4 * 0.01",
        },
        "What the scores say": {
            "0.23": "e / (e + 9)",
        },
    },
    "chapters/16_weights": {
        "Did a feature help?": {
            "138.9": "printed('138.9')",
            "140.1": "printed('140.1')",
        },
        "Weights as images": {
            "785": "784 + 1",
            "59": "printed('58.83')",
            "58": "printed('58.43')",
            "0.014": "sqrt(2) * printed('0.0098')",
        },
        "Odds ratios and their errors": {
            "3.98": "printed('3.98')",
            "0.59": "printed('0.59')",
            "1.96": "coded(1.96)",
            "95": "printed('95')",
            "96": "100 * printed('0.96', 'book/solutions/16_weights')",
        },
        "Categories as features": {
            "1,681": "printed('765') + 239 + 277 + 400",
            "0.24": "printed('0.24')",
            "4.11": "printed('4.11')",
        },
    },
    "chapters/17_many_labels": {
        "Summary": {
            "2.0": "printed('0.051') / printed('0.026')",
        },
        "Ordered classes": {
            "1,681": "printed('765', 'chapters/16_weights') + 239 + 277 + 400",
        },
        "When does the order help?": {
            "100": "coded(100)",
            "400": "coded(400)",
            "500": "1100 - coded(600)",
            "581": "printed('765', 'chapters/16_weights') + 239 + 277 + 400 - 1100",
            "600": "coded(600)",
            "52": "1 + 7 + 8 + 8 + 19 + 8 + 1",
            "208": "4 * 52",
            "32": "8 * 4",
            "2.0": "0.051 / 0.026",
        },
    },
    "chapters/18_questions_model": {
        "How do I use categorical features and text?": {
            "0.10": "coded(10) / 100",
            "0.80": "coded(80) / 100",
            "0.20": "coded(20) / 100",
            "0.70": "coded(70) / 100",
            "80": "100 * 0.8",
            "20": "100 * 0.2",
            "70": "100 * 0.7",
        },
        "What is the relation to LDA and naive Bayes (generative or discriminative)?": {
            "0.764": "printed('0.764', 'chapters/02_softmax_model')",
            "0.747": "printed('0.747', 'chapters/02_softmax_model')",
            "60": "coded(60, 'chapters/02_softmax_model')",
            "30": "coded(30, 'chapters/02_softmax_model')",
            "3,000": "coded(3000, 'chapters/02_softmax_model')",
        },
        "Why is it called regression? (multinomial logit, maximum entropy)": {
            "13": "shape('wine')[1]",
        },
        "Are softmax regression and (multinomial) logistic regression the same?": {
            "569": "printed('569', 'chapters/06_sigmoid')",
            "0.1": "coded(0.1, 'chapters/06_sigmoid')",
            "1.394": "printed('1.394', 'chapters/06_sigmoid')",
            "0.05": "0.1 / 2",
            "1.103": "printed('1.103', 'chapters/06_sigmoid')",
        },
        "": {
            "30": "shape('breast_cancer')[1]",
        },
        "Is it a linear classifier, if softmax is not linear?": {
            "3.32": "(printed('7.064') + 6.218) / 4",
            "17": "16 + 1",
            "136": "16 * 17 / 2",
        },
    },
    "chapters/18_questions_loss": {
        "What is the likelihood curve a curve of (likelihood or probability)?": {
            "12": "coded(12, 'chapters/04_likelihood')",
            "13": "12 + 1",
            "1,000": "coded(1000, 'chapters/04_likelihood')",
        },
        "Should the targets be soft (label smoothing)?": {
            "0.002": "printed('0.802') - printed('0.800')",
            "2.3": "log(10)",
            "91": "(0.9 + 0.1 / 10) / (0.1 / 10)",
            "0.5": "0.9 / 1.8",
        },
        "Why does only the true class appear in the loss?": {
            "1,000": "printed('1000', 'chapters/07_fashion_mnist')",
            "5,000": "coded(5000)",
        },
        "Why not squared error (MSE, Brier loss) for classification?": {
            "7.4": "e**2",
        },
        "My classes are imbalanced. Should I use class_weight, or oversample?": {
            "9,100": "9 * 1000 + 100",
            "0.011": "100 / 9100",
        },
        "What is knowledge distillation, and why the factor T²?": {
            "0.81": "printed('0.81')",
            "0.75": "printed('0.75')",
            "20,000": "coded(20000)",
            "300": "coded(300)",
        },
    },
    "chapters/18_questions_code": {
        "How do I train with 500,000 classes (sampled, hierarchical softmax)?": {
            "500,000": "coded(500000)",
            "64": "coded(64)",
            "324": "printed('130.0') + printed('130.0') + printed('64.0')",
            "1,000": "coded(1000)",
            "128": "printed('128.0') + 2 * printed('0.2')",
            "27": "2 * printed('2.4') + printed('21.8')",
            "16": "64 / 4",
        },
        "Should I put a softmax before CrossEntropyLoss?": {
            "1.461": "log(1 + 9 / e)",
        },
        "Integer labels or soft targets (one-hot) in PyTorch?": {
            "0.90": "coded(0.9)",
        },
        "Why is my loss NaN (or inf) at a higher learning rate?": {
            "104": "150 * log(2)",
        },
        "What should the first loss be (log K)?": {
            "0.03": "above(2.33 - log(10))",
            "2.55": "0.01 * 255",
        },
    },
    "chapters/18_questions_trust": {
        "How many training examples do I need (learning curve)?": {
            "0.03": "Between(0.01, 0.1)",
        },
        "Does it notice an input that is none of the classes (out-of-distribution)?": {
            "30,000": "coded(30000)",
        },
        "Validation accuracy rises, then falls: is it overfitting, may I stop early?": {
            "0.123": "printed('0.647') - printed('0.524')",
            "0.045": "printed('0.568') - printed('0.523')",
        },
        "Do CNNs look at texture or at shape (texture bias)?": {
            "2019": "year('geirhos2019imagenet')",
            "2025": "year('burgert2025imagenet')",
            "0.10": "1 / 10",
        },
        "Can the probabilities be trusted (calibration, overconfidence)?": {
            "30,000": "coded(30000)",
            "0.9": "coded(0.9)",
            "12": "100 * (1 - printed('0.88'))",
            "0.15": "printed('0.68') - printed('0.53')",
        },
        "Must the features be scaled (normalised, standardised)?": {
            "2,000": "printed('2000')",
            "0.2": "below(printed('0.22'))",
        },
        "When should I use something else (neighbours, forest, boosting, CNN)?": {
            "569": "printed('569', 'chapters/06_sigmoid')",
        },
    },
    "book/questions": {
        "The model": {
            "0.1": "coded(0.1, 'chapters/06_sigmoid')",
            "0.05": "0.1 / 2",
            "324": "printed('324', 'chapters/18_questions_model')",
            "1,000": "printed('1000', 'chapters/18_questions_model')",
            "0.109": "printed('0.109', 'chapters/18_questions_model')",
            "0.950": "printed('0.950', 'chapters/18_questions_model')",
            "0.954": "printed('0.954', 'chapters/18_questions_model')",
            "0.198": "printed('0.198', 'chapters/18_questions_model')",
            "0.149": "printed('0.149', 'chapters/18_questions_model')",
            "0.16": "about(printed('0.160', 'chapters/18_questions_model'))",
            "0.885": "printed('0.885', 'chapters/18_questions_model')",
            "0.937": "printed('0.937', 'chapters/18_questions_model')",
            "60": "printed('60', 'chapters/02_softmax_model')",
            "0.764": "printed('0.764', 'chapters/02_softmax_model')",
            "0.747": "printed('0.747', 'chapters/02_softmax_model')",
            "0.10": "10 / 100",
            "0.80": "80 / 100",
            "0.20": "20 / 100",
            "0.70": "70 / 100",
            "0.27": "printed('0.27', 'chapters/18_questions_model')",
            "0.38": "printed('0.38', 'chapters/18_questions_model')",
            "0.51": "printed('0.51', 'chapters/18_questions_model')",
            "0.63": "printed('0.63', 'chapters/18_questions_model')",
            "13": "shape('wine')[1]",
        },
        "The loss": {
            "0.1": "coded(0.1, 'chapters/18_questions_loss')",
            "0.002": "printed('0.002', 'chapters/18_questions_loss')",
            "0.131": "printed('0.131', 'chapters/18_questions_loss')",
            "0.81": "printed('0.81', 'chapters/18_questions_loss')",
            "0.01": "printed('0.01', 'chapters/18_questions_loss')",
            "0.16": "printed('0.16', 'chapters/18_questions_loss')",
            "0.003": "printed('0.003', 'chapters/18_questions_loss')",
            "12": "coded(12, 'chapters/04_likelihood')",
            "13": "12 + 1",
            "0.83": "printed('0.83', 'chapters/18_questions_loss')",
            "2,762": "printed('2762', 'chapters/18_questions_loss')",
            "0.371": "printed('0.371', 'chapters/18_questions_loss')",
            "0.805": "printed('0.805', 'chapters/18_questions_loss')",
            "1,000": "coded(1000, 'chapters/18_questions_loss')",
            "0.416": "printed('0.416', 'chapters/18_questions_loss')",
            "0.575": "printed('0.574687', 'chapters/18_questions_loss')",
            "0.829": "printed('0.829', 'chapters/18_questions_loss')",
            "1.777": "printed('1.777', 'chapters/18_questions_loss')",
            "0.750": "printed('0.750', 'chapters/18_questions_loss')",
            "0.06": "printed('0.06', 'chapters/18_questions_loss')",
            "0.40": "printed('0.40', 'chapters/18_questions_loss')",
            "0.36": "printed('0.36', 'chapters/18_questions_loss')",
            "0.39": "printed('0.39', 'chapters/18_questions_loss')",
            "300": "coded(300, 'chapters/18_questions_loss')",
            "0.75": "printed('0.75', 'chapters/18_questions_loss')",
        },
        "The code": {
            "1.461": "log(1 + 9 / e)",
            "16.1": "printed('16.1', 'chapters/18_questions_code')",
            "256": "printed('256', 'chapters/18_questions_code')",
            "5.57": "printed('5.57', 'chapters/18_questions_code')",
            "2.33": "printed('2.33', 'chapters/18_questions_code')",
            "1.8": "printed('1.8', 'chapters/18_questions_code')",
            "0.50": "printed('0.50', 'chapters/18_questions_code')",
            "0.90": "coded(0.9, 'chapters/18_questions_code')",
            "219": "printed('219', 'chapters/18_questions_code')",
            "255": "printed('255', 'chapters/18_questions_code')",
            "40": "below(printed('40.76', 'chapters/18_questions_code'))",
            "0.10": "printed('0.10', 'chapters/18_questions_code')",
            "250": "coded(250, 'chapters/18_questions_code')",
            "500,000": "printed('500,000', 'chapters/18_questions_code')",
            "64": "printed('64.0', 'chapters/18_questions_code')",
            "324": "130 + 130 + printed('64.0', 'chapters/18_questions_code')",
            "128": "printed('128.0', 'chapters/18_questions_code')",
            "27": "2.4 + 2.4 + printed('21.8', 'chapters/18_questions_code')",
            "0.000": "printed('0.000', 'chapters/18_questions_code')",
            "1.202": "printed('1.202', 'chapters/18_questions_code')",
        },
        "Training and trust": {
            "0.524": "printed('0.524', 'chapters/18_questions_trust')",
            "0.647": "printed('0.647', 'chapters/18_questions_trust')",
            "0.86": "printed('0.86', 'chapters/18_questions_trust')",
            "0.14": "printed('0.14', 'chapters/18_questions_trust')",
            "0.68": "printed('0.68', 'chapters/18_questions_trust')",
            "1.87": "printed('1.87', 'chapters/18_questions_trust')",
            "0.56": "printed('0.56', 'chapters/18_questions_trust')",
            "30,000": "printed('30,000', 'chapters/18_questions_trust')",
            "0.01": "printed('0.01', 'chapters/18_questions_trust')",
            "1,000": "printed('1,000', 'chapters/18_questions_trust')",
            "0.99": "printed('0.99', 'chapters/18_questions_trust')",
            "0.88": "printed('0.88', 'chapters/18_questions_trust')",
            "0.98": "printed('0.98', 'chapters/18_questions_trust')",
            "0.84": "printed('0.84', 'chapters/18_questions_trust')",
            "0.2": "printed('0.2', 'chapters/18_questions_trust')",
            "0.5": "printed('0.5', 'chapters/18_questions_trust')",
            "0.75": "printed('0.75', 'chapters/18_questions_trust')",
            "0.49": "printed('0.49', 'chapters/18_questions_trust')",
            "16": "printed('16', 'chapters/18_questions_trust')",
            "2,000": "printed('2000', 'chapters/18_questions_trust')",
            "100": "printed('100', 'chapters/18_questions_trust')",
            "0.687": "printed('0.687', 'chapters/18_questions_trust')",
            "0.800": "printed('0.800', 'chapters/18_questions_trust')",
            "0.833": "printed('0.833', 'chapters/18_questions_trust')",
            "0.841": "printed('0.841', 'chapters/18_questions_trust')",
            "0.87": "printed('0.87', 'chapters/18_questions_trust')",
        },
    },
    "book/assignments": {
        "": {
            "20": "points()",
            "12": "chapter('12_evaluation')",
        },
    },
    "book/instructors": {
        "What there is": {
            "20": "points()",
            "0.8": "in_file('code/softmaxgrader/sandbox.py')",
            "12": "exercises()",
        },
        "Hand out": {
            "0.9.6": "version('nbgrader')",
        },
        "Collect and grade": {
            "75": "quoted('tests/benchmarks/grading.py', 'measured')",
            "92": "quoted('tests/benchmarks/grading.py', 'measured')",
            "5.7": "quoted('tests/benchmarks/grading.py', 'measured')",
            "5.3": "quoted('tests/benchmarks/grading.py', 'measured')",
            "41": "quoted('tests/benchmarks/grading.py', 'measured')",
            "1.2": "quoted('tests/benchmarks/grading.py', 'measured')",
            "1.5": "quoted('tests/benchmarks/grading.py', 'measured')",
            "1.9": "quoted('tests/benchmarks/grading.py', 'measured')",
            "2.0": "quoted('tests/benchmarks/grading.py', 'measured')",
        },
        "The sandbox": {
            "60": "limit('cell')",
            "15": "limit('total') / 60",
        },
        "Add an assignment": {
            "20": "points()",
        },
        "Three syllabuses": {
            "4.2": "hours(1, 2, 4, 10)",
            "3.2": "hours(5, 7, 8)",
            "3.0": "hours(1, 2, 4)",
            "2.4": "hours(3, 10)",
            "2.8": "hours(9, 11, 12)",
            "2.0": "hours(1, 2)",
            "1.8": "hours(7, 8)",
            "2.2": "hours(4, 10)",
            "2.7": "hours(3, 6, 15)",
            "1.4": "hours(5)",
            "3.1": "hours(9, 11, 14)",
            "3.7": "hours(13, 16, 17)",
            "1.2": "hours(12)",
        },
    },
    "book/appendices/reproducibility": {
        "The data": {
            "2017": "quoted('xiao2017fashion', 'the year in its licence')",
            "569": "shape('breast_cancer')[0]",
            "30": "shape('breast_cancer')[1]",
            "150": "shape('iris')[0]",
            "1,797": "shape('digits')[0]",
            "3.0": "quoted('Keras', 'the licence in its documentation')",
            "4.0": "quoted('UCI', 'the licence on the page of each set')",
            "3.3": "quoted('northcutt2021pervasive', 'per cent of labels')",
        },
        "How the outputs were made": {
            "3.11": "version('python')",
        },
        "What may differ, and by how much": {
            "0.3": "coded(0.3, 'chapters/15_loss_comparison')",
            "3.12": "in_file('.github/workflows/test.yml')",
        },
    },
    "book/appendices/errata": {
        "The sources": {
            "25": "quoted('yehoshua2023softmax', 'the day of its date')",
            "2023": "year('yehoshua2023softmax')",
            "3.4": "quoted('S1', 'the section of D2L that it is about')",
            "2024": "quoted('S4', 'the year of its date')",
        },
        "The model": {
            "1959": "year('luce1959individual')",
            "0.8": "coded(0.8)",
            "0.1": "coded(0.1)",
        },
        "Code and practice": {
            "0.5": "1 / 2",
            "60": "quoted('S3', 'on CIFAR-10')",
        },
        "Out of date": {
            "795": "quoted('S0', 'iterations of an older scikit-learn')",
        },
        "Right, and easily misread": {
            "0.5": "1 / 2",
            "12.5": "coded(12.5)",
            "0.6": "coded(0.6)",
            "1,000": "coded(1000)",
        },
    },
    "book/appendices/coverage": {
        "S0: Deep Dive into Softmax Regression": {
            "25": "quoted('yehoshua2023softmax', 'the day of its date')",
            "2023": "year('yehoshua2023softmax')",
            "0.5108": "-log(0.6)",
        },
        "S1: a study note on Dive into Deep Learning": {
            "3.4": "quoted('S1', 'the section of D2L that it is about')",
        },
        "S3: 三分钟带你对 Softmax 划重点": {
            "0.1755": "printed('0.1755', 'chapters/04_likelihood')",
            "5.1755": "printed('5.1755', 'chapters/04_likelihood')",
        },
        "S4: softmax": {
            "2024": "quoted('S4', 'the year of its date')",
        },
    },
    "book/solutions/01_classification": {
        "ex-01-numbering": {
            "5,000": "coded(5000)",
        },
        "ex-01-patient": {
            "50": "coded(50, 'chapters/01_classification')",
            "40": "coded(40, 'chapters/01_classification')",
            "7.2": "0.8 * 9",
            "2.82": "0.94 * 3",
            "0.4": "0.01 * 40",
            "8.46": "0.94 * 9",
        },
        "ex-01-kinds": {
            "29": "30 - 1",
        },
        "ex-01-ridge": {
            "2.5": "3 - 0.5",
        },
    },
    "book/solutions/02_softmax_model": {
        "ex-02-count": {
            "3072": "32 * 32 * 3",
        },
        "ex-02-normalisers": {
            "709.78": "log(1.7976931348623157e308)",
        },
    },
    "book/solutions/04_likelihood": {
        "ex-04-no-density": {
            "0.7": "7 / (7 + 3)",
            "11": "7 + 3 + 1",
        },
        "ex-04-dependent": {
            "3.2": "sqrt(10)",
        },
    },
    "book/solutions/10_numerics": {
        "ex-10-condition": {
            "64": "2**6",
            "128": "2**7",
        },
        "ex-10-table": {
            "17.33": "printed('17.33', 'chapters/10_numerics')",
            "11.09": "printed('11.09', 'chapters/10_numerics')",
            "92.5": "printed('92.50', 'chapters/10_numerics')",
            "88.5": "printed('88.50', 'chapters/10_numerics')",
            "103.97": "printed('103.97', 'chapters/10_numerics')",
            "24": "coded(24)",
            "11": "coded(11)",
        },
        "ex-10-mean-shift": {
            "90": "100 - 10",
            "88.72": "printed('88.72', 'chapters/10_numerics')",
            "87": "below(-log(1.1754943508222875e-38))",
        },
        "ex-10-kahan": {
            "128": "2**7",
            "150": "about(printed('149.5'))",
        },
    },
    "book/solutions/07_fashion_mnist": {
        "ex-07-sizes": {
            "16": "4 + 4 * 3",
        },
        "ex-07-folds": {
            "4,000": "5000 * 4 / 5",
        },
    },
    "book/solutions/09_concise": {
        "ex-09-bias": {
            "1,450": "1000 + 9 * 50",
        },
        "ex-09-accumulate": {
            "100": "coded(100)",
        },
    },
    "book/solutions/11_wrong_programs": {
        "": {
            "11": "chapter('11_wrong_programs')",
        },
        "ex-11-axis": {
            "5.567": "printed('5.567', 'chapters/11_wrong_programs')",
            "3.969": "printed('3.969', 'chapters/11_wrong_programs')",
        },
        "ex-11-smoothing": {
            "1.461": "log(1 + 9 / e)",
        },
    },
    "book/solutions/12_evaluation": {
        "ex-12-by-hand": {
            "100": "40 + 10 + 5 + 20 + 5 + 8 + 12",
            "72": "40 + 20 + 12",
            "50": "40 + 10",
            "0.8": "40 / 50",
            "30": "5 + 20 + 5",
            "0.6": "12 / 20",
            "53": "40 + 5 + 8",
            "17": "5 + 12",
            "80": "2 * 40",
            "0.777": "80 / (50 + 53)",
            "60": "30 + 30",
            "24": "2 * 12",
            "37": "20 + 17",
            "0.649": "24 / 37",
        },
        "": {
            "12": "chapter('12_evaluation')",
        },
        "ex-12-no-mistake": {
            "2.996": "-log(0.05)",
            "3.84": "1.96**2",
            "2.5": "(100 - 95) / 2",
            "0.025": "(1 - 0.95) / 2",
            "3.69": "-log(0.025)",
        },
    },
    "book/solutions/13_regularisation": {
        "ex-13-not-scaling": {
            "1.1": "0.1 + 1",
        },
        "": {
            "13": "chapter('13_regularisation')",
        },
        "ex-13-factor": {
            "24": "factorial(4)",
            "30": "printed('30', 'chapters/06_sigmoid')",
        },
        "ex-13-nested": {
            "240": "300 * 4 / 5",
        },
        "ex-13-curse": {
            "0.134": "0.84 * 0.16",
            "0.81": "0.9**2",
            "0.44": "sqrt(1 - 0.9**2)",
        },
    },
    "book/solutions/14_optimisation": {
        "ex-14-heavy-ball": {
            "99": "sqrt(10**4) - 1",
            "101": "sqrt(10**4) + 1",
            "0.01": "100 / 10**4",
        },
        "ex-14-price": {
            "55": "10 * 11 / 2",
        },
        "": {
            "14": "chapter('14_optimisation')",
        },
        "ex-14-penalty": {
            "13": "4405 / 347",
        },
    },
    "book/solutions/15_loss_comparison": {
        "": {
            "15": "chapter('15_loss_comparison')",
        },
    },
    "book/solutions/16_weights": {
        "": {
            "16": "chapter('16_weights')",
        },
        "ex-16-two-by-two": {
            "1.62": "printed('1.62', 'chapters/16_weights')",
            "1.27": "printed('1.27', 'chapters/16_weights')",
            "2.07": "printed('2.07', 'chapters/16_weights')",
        },
        "ex-16-shrunk": {
            "3.98": "printed('3.98')",
        },
        "ex-16-duplicates": {
            "0.001": "above(0.0007)",
        },
    },
    "book/solutions/17_many_labels": {
        "ex-17-by-hand": {
            "0.38": "1 / (1 + exp(0.5))",
            "0.33": "1 - 1 / (1 + exp(-0.7))",
        },
        "": {
            "17": "chapter('17_many_labels')",
        },
        "ex-17-reverse": {
            "94.1": "3573.2 - printed('3479.1')",
        },
    },
    "book/solutions/05_gradient": {
        "ex-05-gradient-by-hand": {
            "1.0": "2 * 0.5",
        },
    },
    "book/solutions/08_from_scratch": {
        "ex-08-mean-sum": {
            "80": "50000 % 256",
        },
        "ex-08-steps": {
            "390.6": "50000 / 128",
            "391": "50000 // 128 + 1",
            "390": "50000 // 128",
        },
    },
}

# Likewise, numbers with three digits or more in the caption or the alternative
# text of a figure, which no cell of the page has and its text does not say.
IN_FIGURES = {
    "fig-curves": {"7,850": "784 * 10 + 10"},
    "fig-fused": {"104": "printed('103.5')", "130": "coded(130.5) - 0.5"},
    "fig-given-up": {"1,000": "10_000 / 10"},
    "fig-odds": {"200": "Between(150, 250)"},  # an end of the axis
    "fig-ordered": {
        "1.097": "printed('1.034') + printed('0.063')",
        "1.157": "printed('1.094') + printed('0.063')",
    },
}
