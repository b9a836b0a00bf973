"""The space-time diagram of 10 nodes and 300 messages, beside matplotlib's `annotate`, an arrow a message.

Live is what a slider or a button redraws: an SVG here, a PNG there. Static is what a notebook stores for those who
cannot see an SVG: a PNG here too, and as many pixels.
"""

from io import BytesIO

from distlab.figures import look, spacetime
from distlab.network import Network
from distlab.node import Message, Node
from distlab.simulate import Simulation
from distlab.trace import Trace
from tests.benchmarks.table import compare, show, timed

NODES, HOPS = 10, 30


class Ping(Message):
    hops: int


class Pong(Message):
    hops: int


class Chatter(Node):
    """Sends what it gets to somebody else, as often as the message says."""

    state = "waiting"

    def start(self) -> None:
        self.pass_on(HOPS)

    def receive(self, message: Message, sender: str) -> None:
        self.state = "busy"
        if message.hops > 1:
            self.pass_on(message.hops - 1)

    def pass_on(self, hops: int) -> None:
        self.send(self.choose(self.peers), Ping(hops) if hops % 2 else Pong(hops))


def run() -> Trace:
    """The run that both draw."""
    nodes = {f"node {i}": Chatter() for i in range(NODES)}
    trace = Simulation(nodes, seed=1, network=Network(delay=(2, 9))).run()
    assert len(trace.messages()) == NODES * HOPS
    return trace


def with_matplotlib(trace: Trace, size: tuple[int, int], dpi: int) -> bytes:
    """The same arrows and lines, and nothing else, with `annotate`."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(size[0] / 100, size[1] / 100), dpi=dpi)
    axes = figure.add_subplot()
    place = {name: -i for i, name in enumerate(trace.names)}
    axes.set_yticks(list(place.values()), list(place))
    for y in place.values():
        axes.axhline(y, color=look.LIGHT["band-grey"], linewidth=8)
    for flight in trace.messages():
        colour = look.LIGHT["blue" if type(flight.message).__name__ == "Ping" else "green"]
        line = {"arrowstyle": "-|>", "color": colour, "linewidth": 1}
        start, end = (flight.sent.at, place[flight.sender]), (flight.end.at, place[flight.receiver])
        axes.annotate("", end, start, arrowprops=line)
    axes.set_xlim(0, trace.duration)
    out = BytesIO()
    figure.savefig(out, dpi=dpi)
    return out.getvalue()


def main() -> None:
    """Measure, and print the table."""
    trace = run()
    picture = spacetime(trace)  # reads the events once, before the clock runs
    wide, tall, scale = *picture.size, picture.scale
    live = compare(
        "live (SVG)",
        timed(lambda: spacetime(trace).svg),
        timed(lambda: with_matplotlib(trace, picture.size, 100)),
        runs=9,
        goal=500,
    )
    static = compare(
        f"static (PNG of {scale * wide} x {scale * tall})",
        timed(lambda: spacetime(trace).png(scale)),
        timed(lambda: with_matplotlib(trace, picture.size, 100 * scale)),
        goal=5,
    )
    show("Space-time diagram of 10 nodes and 300 messages", [live, static], peer="matplotlib annotate")


if __name__ == "__main__":
    main()
