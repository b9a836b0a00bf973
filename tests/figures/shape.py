"""What is drawn in an SVG, in pixels: the boxes of its texts and shapes, and the events they show."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass

from distlab.figures import text

SVG = "{http://www.w3.org/2000/svg}"
COMMAND = re.compile(r"([A-Za-z])([^A-Za-z]*)")
NUMBER = re.compile(r"-?(?:\d+\.\d+|\.\d+|\d+)")


@dataclass(frozen=True)
class Drawn:
    """An element: its tag, class and words, its box, the event that it shows and the one that ends it."""

    tag: str
    kind: str
    words: str
    left: float
    top: float
    right: float
    bottom: float
    event: int | None
    end: int | None

    def meets(self, other: "Drawn", by: float = 0.5) -> bool:
        """Whether the two overlap by more than `by` pixels both ways."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across > by and down > by


def drawn(svg: str) -> list[Drawn]:
    """Everything in a picture but its ground."""
    return list(_walk(ET.fromstring(svg), ""))


def _walk(element: ET.Element, kind: str) -> Iterator[Drawn]:
    for child in element:
        tag, own = child.tag.removeprefix(SVG), child.get("class") or kind
        if tag in ("style",) or own == "ground":
            continue
        if tag == "g":
            yield from _walk(child, own)
        else:
            yield Drawn(tag, own, child.text or "", *_box(tag, child), *_events(child))


def _events(element: ET.Element) -> tuple[int | None, int | None]:
    event, end = element.get("data-e"), element.get("data-d")
    return event and int(event), end and int(end)


def _box(tag: str, element: ET.Element) -> tuple[float, float, float, float]:
    value = {name: float(v) for name, v in element.attrib.items() if NUMBER.fullmatch(v)}
    if tag == "rect":
        return value["x"], value["y"], value["x"] + value["width"], value["y"] + value["height"]
    if tag == "circle":
        x, y, r = value["cx"], value["cy"], value["r"]
        return x - r, y - r, x + r, y + r
    if tag == "text":
        size = value["font-size"]
        wide = text.width(element.text or "", size, element.get("font-weight") == "600")
        x = value["x"] - {"start": 0, "middle": wide / 2, "end": wide}[element.get("text-anchor", "start")]
        return x, value["y"] - 0.75 * size, x + wide, value["y"] + 0.22 * size
    points = list(path(element.get("d", "")))
    assert points, f"an empty path: {element.attrib}"
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def path(commands: str) -> Iterator[tuple[float, float]]:
    """The points of a path (arcs by their ends, curves by their corners)."""
    x = y = 0.0
    start = (0.0, 0.0)
    for letter, rest in COMMAND.findall(commands):
        numbers = [float(n) for n in NUMBER.findall(rest)]
        relative = letter.islower()
        kind = letter.upper()
        size = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "A": 7, "Z": 0}[kind]
        assert (not numbers) if size == 0 else len(numbers) % size == 0, commands
        for i in range(0, len(numbers), size or 1):
            group = numbers[i : i + size]
            if kind == "H":
                x = group[0] + (x if relative else 0)
            elif kind == "V":
                y = group[0] + (y if relative else 0)
            else:
                dx, dy = (x, y) if relative else (0.0, 0.0)
                x, y = group[-2] + dx, group[-1] + dy
            if kind == "M":
                start = (x, y)
            yield x, y
        if kind == "Z":
            x, y = start
            yield x, y
