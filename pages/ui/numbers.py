"""Numbers as people write them."""

from __future__ import annotations

_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def two_digits(size: float) -> str:
    """A size of 0 or more in two digits, a small one as "4.7·10⁻⁷"."""
    if not 0 < size < 0.001:
        return f"{size:.2g}"
    digits, power = f"{size:.1e}".split("e-")
    return f"{digits}·10⁻{str(int(power)).translate(_RAISED)}"
