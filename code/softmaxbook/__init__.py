"""The library of *Softmax regression: an executable textbook*.

Every module is written to be read: the chapters print these functions.
Importing the package needs neither torch nor a data set.
"""

from softmaxbook.hardware import device

__all__ = ["device"]
__version__ = "0.1.0"
