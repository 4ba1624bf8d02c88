"""One class per reaction. Every message is one a person can act on and holds no patient value."""


class WardtwinError(Exception):
    """Something a person has to know; shown as one message, never as a traceback."""


class ContractBroken(WardtwinError):
    """A file cannot be read as its source promises: the batch is refused, the others go on."""


class Defect(WardtwinError):
    """Our own fault with one file: it stays in landing, the others go on."""


class StoreUnavailable(WardtwinError):
    """The lake cannot be reached or is busy: worth trying again."""


class NotSetUp(WardtwinError):
    """Something that `wardtwin init` or a person has to provide is missing."""


class ModelUnusable(WardtwinError):
    """No model, or one that fails its checks: the system goes on with NEWS2 alone."""


class DecisionIncomplete(WardtwinError):
    """A person's decision lacks something: they are told, and nothing is landed."""
