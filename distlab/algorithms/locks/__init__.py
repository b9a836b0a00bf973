"""Locks: the right ones, the wrong ones, and what each of them promises."""
