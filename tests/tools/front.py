"""The picture of the README, from a run: `python -m tests.tools.front` draws it anew."""

from pathlib import Path

from distlab import Crash, Message, Network, Node, Simulation, exponential
from distlab.figures import Picture

PLACE = Path(__file__).parents[2] / ".github" / "front.svg"


class Prepare(Message):
    tx: str


class Vote(Message):
    tx: str
    yes: bool


class Decision(Message):
    tx: str
    commit: bool


class Coordinator(Node):
    state = "working"

    def __init__(self, participants):
        self.participants, self.votes = participants, set()

    def start(self):
        self.broadcast(Prepare("t"), self.participants)

    def receive(self, message, sender):
        self.votes.add(sender)
        if len(self.votes) == len(self.participants):
            self.disk["t"] = "commit"
            self.decide()

    def decide(self):
        self.state = "committed"
        self.broadcast(Decision("t", commit=True), self.participants)

    def recover(self):
        if "t" in self.disk:
            self.note("recovers from its log: commit")
            self.decide()


class Participant(Node):
    state = "working"

    def receive(self, message, sender):
        match message:
            case Prepare(tx):
                self.disk[tx] = self.state = "prepared"
                self.send(sender, Vote(tx, yes=True))
            case Decision(tx, commit):
                self.disk[tx] = self.state = "committed" if commit else "aborted"


def picture() -> Picture:
    """Two-phase commit whose coordinator falls when it has decided and told nobody."""
    nodes = {"coordinator": Coordinator(["a", "b", "c"])} | {name: Participant() for name in "abc"}
    network = Network(exponential(4, least=5))
    calm = Simulation(nodes, 7, network).run()
    last_vote = max(vote.end.at for vote in calm.messages(Vote))
    crash = Crash(
        "coordinator", at=last_vote, until=last_vote + 22, after_effects=2
    )  # it writes, it syncs, it falls
    trace = Simulation(nodes, 7, network, [crash]).run(until=66)
    fell = next(event.at for event in trace.events if event.kind == "crashed")
    told = next(event.at for event in trace.events if event.kind == "delivered" and event.at > fell)
    return trace.diagram(
        title="Two-phase commit: the coordinator crashes when it has decided and told nobody",
        mark=(
            fell,
            told,
            f"blocked for {told - fell:.0f} ms: prepared, so neither commit nor abort is allowed",
        ),
    )


if __name__ == "__main__":
    PLACE.write_text(picture().plain + "\n", encoding="utf-8", newline="\n")
