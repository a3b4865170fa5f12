"""Where PyTorch computes: one choice for all notebooks."""

import os

VARIABLE = "SOFTMAXBOOK_DEVICE"


def device():
    """The torch.device that a notebook's tensors are moved to.

    The one that SOFTMAXBOOK_DEVICE names, such as "cpu" or "cuda:1"; else
    an accelerator (a GPU), where PyTorch finds one; else the processor.
    Raises ValueError if the variable names no device of this machine.
    """
    import torch

    name = os.environ.get(VARIABLE)
    if not name:
        find = torch.accelerator.current_accelerator
        return find(check_available=True) or torch.device("cpu")
    try:
        torch.zeros(1, device=name).tolist()
    except (RuntimeError, AssertionError, ImportError) as error:
        problem = f"{VARIABLE} must name a device of this machine, such as cpu"
        raise ValueError(f"{problem}, got {name!r}") from error
    return torch.device(name)
