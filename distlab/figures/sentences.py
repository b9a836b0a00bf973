"""What a diagram says about a run when nobody says it: the last note, or what was counted."""

from __future__ import annotations

from distlab.figures.scene import Scene
from distlab.plain import lasting


def plural(n: int, one: str, many: str = "") -> str:
    """``1 message``, ``3 messages``."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def headline(scene: Scene) -> str:
    """The last note; without notes, who exchanged how many messages."""
    if not scene.events:
        return "An empty trace: nothing happened"
    if scene.trace.ended == "error":
        return f"Stopped by an error after {lasting(scene.last, scene.unit)}"
    if scene.notes:
        last = scene.notes[-1]
        return f"{scene.names[last.row]}: {last.text}"
    if not scene.sent:
        return f"{plural(len(scene.names), 'node')}, no messages"
    if len(scene.names) == 2:
        return f"{' and '.join(scene.names)} exchange {plural(scene.sent, 'message')}"
    return f"{plural(len(scene.names), 'node')} exchange {plural(scene.sent, 'message')}"


def subline(scene: Scene, counted: bool) -> str:
    """The seed and the figures; without those that the headline has `counted` already."""
    if not scene.events:
        return plural(len(scene.names), "node")
    counts = scene.counts
    parts = [] if scene.trace.seed is None else [f"seed {scene.trace.seed}"]
    if not counted:
        parts += [
            plural(len(scene.names), "node"),
            plural(scene.sent, "message") if scene.sent else "no messages",
        ]
    parts += [f"{counts[kind]:,} {kind}" for kind in ("lost", "duplicated") if counts[kind]]
    for kind, one, many in (("crashed", "crash", "crashes"), ("paused", "pause", ""), ("cut", "cut", "")):
        if counts[kind]:
            parts.append(plural(counts[kind], one, many))
    parts.append(lasting(scene.last, scene.unit))
    if scene.start > 0 or scene.end < scene.last:
        parts.append(f"shown from {scene.start:.4g} to {scene.end:.4g}")
    if scene.trace.ended == "events":
        parts.append("stopped at its bound of events, not at its end")
    if scene.one_in > 1:
        parts.append(f"one message in {scene.one_in} is drawn")
    return " · ".join(parts)
