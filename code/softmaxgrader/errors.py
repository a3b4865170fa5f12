"""What can go wrong while assignments are handed out or graded."""


class GradingError(RuntimeError):
    """The command cannot do its work; the message says what to change."""


class SandboxError(RuntimeError):
    """There can be no sandbox here; the message says what to do."""


class DataMissing(RuntimeError):
    """A data set is missing in the sandbox, which is no student's fault."""


class Unreadable(ValueError):
    """The file is no submission; the message says why, in words."""


class Tampered(Exception):
    """The student's code has disabled the checks; the message says how."""
