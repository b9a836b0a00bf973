"""Numbers and lists in sentences."""


def many(n: int, what: str, more: str = "") -> str:
    """``1 step``, ``2 steps``, ``8,832 states``; `more` is the plural where it is not made with an s."""
    return f"{n:,} {what if n == 1 else more or what + 's'}"
