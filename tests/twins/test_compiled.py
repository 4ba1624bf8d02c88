"""Kernels compile wherever the package lies."""

from jobs.twins.compiled import compiled


def test_a_kernel_without_a_place_for_its_machine_code_still_runs():
    namespace = {}
    exec("def twice(x): return 2 * x", namespace)  # of no file, so that there is no place beside it
    assert compiled(namespace["twice"])(21) == 42
