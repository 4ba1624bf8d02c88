"""How the kernels are compiled: at their first call, kept for the next process where that works."""

from collections.abc import Callable

from numba import njit


def compiled(function: Callable) -> Callable:
    """Machine code that lets other threads run meanwhile.

    It is kept beside the module or in the user's cache, which saves seconds in short-lived
    processes; where neither can be written (a read-only container), each process compiles anew.
    """
    try:
        return njit(function, nogil=True, cache=True)
    except RuntimeError:
        return njit(function, nogil=True)
