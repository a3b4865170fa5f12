"""The library of *Softmax regression: an executable textbook*.

Every module is written to be read: the chapters print these functions.
Importing the package needs neither torch nor a data set.
"""

__version__ = "0.1.0"
