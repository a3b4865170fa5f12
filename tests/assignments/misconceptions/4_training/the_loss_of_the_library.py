# loses: test_1a 1

# cell: q1_loss
from softmaxbook.model import loss_and_gradients
