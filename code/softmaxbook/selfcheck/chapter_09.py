"""Chapter 9: accumulated gradients, in PyTorch."""

from softmaxbook.selfcheck.core import property_of
from softmaxbook.selfcheck.samples import model_and_data
from softmaxbook.selfcheck.values import agree, is_array


def torch_model():
    """A linear model in PyTorch with data, labels and class weights."""
    import torch

    X, y, W, b = model_and_data(20)
    model = torch.nn.utils.skip_init(torch.nn.Linear, 3, 4).double()
    with torch.no_grad():
        model.weight.copy_(torch.from_numpy(W.T))
        model.bias.copy_(torch.from_numpy(b))
    return (
        model,
        torch.from_numpy(X),
        torch.from_numpy(y),
        torch.tensor([1.0, 5.0, 0.5, 2.0]).double(),
    )


def same_as_one_pass(accumulate, size, weighted=False, old=None):
    """Whether .grad is the gradient of one pass after parts of a size."""
    import torch

    model, X, y, weight = torch_model()
    options = (weight,) if weighted else ()
    loss = torch.nn.functional.cross_entropy(model(X), y, *options)
    whole = torch.autograd.grad(loss, list(model.parameters()))
    for p in model.parameters():
        p.grad = old if old is None else torch.full_like(p, old)
    accumulate(model, X, y, size, *options)
    return all(
        agree(p.grad.numpy(), g.numpy())
        for p, g in zip(model.parameters(), whole)
    )


@property_of(
    "ex-09-accumulate", "it leaves a finite gradient in every parameter"
)
def parts_form(accumulate):
    model, X, y, _ = torch_model()
    accumulate(model, X, y, 5)
    return all(
        is_array(p.grad.numpy(), tuple(p.shape)) for p in model.parameters()
    )


@property_of(
    "ex-09-accumulate", "a single part gives the gradient of one pass"
)
def parts_one(accumulate):
    return same_as_one_pass(accumulate, 20)


@property_of("ex-09-accumulate", "so do parts that divide the batch")
def parts_divide(accumulate):
    return all(same_as_one_pass(accumulate, size) for size in (1, 5, 10))


@property_of("ex-09-accumulate", "so do parts that do not divide the batch")
def parts_remainder(accumulate):
    return all(same_as_one_pass(accumulate, size) for size in (3, 7, 19))


@property_of("ex-09-accumulate", "so do both with class weights")
def parts_weighted(accumulate):
    return all(same_as_one_pass(accumulate, size, True) for size in (5, 7, 20))


@property_of(
    "ex-09-accumulate", "a gradient that was there before does not count"
)
def parts_anew(accumulate):
    return same_as_one_pass(accumulate, 5, old=3.0)


@property_of("ex-09-accumulate", "the model never sees more than one part")
def parts_size(accumulate):
    model, X, y, _ = torch_model()
    sizes = []
    model.register_forward_hook(
        lambda _, inputs, output: sizes.append(len(inputs[0]))
    )
    accumulate(model, X, y, 7)
    return bool(sizes) and max(sizes) <= 7


@property_of("ex-09-accumulate", "the parameters keep their values")
def parts_parameters(accumulate):
    model, X, y, _ = torch_model()
    accumulate(model, X, y, 7)
    return all(
        bool((p == q).all())
        for p, q in zip(model.parameters(), torch_model()[0].parameters())
    )
