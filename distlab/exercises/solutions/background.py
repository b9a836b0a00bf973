"""Solutions of chapter 1."""

from distlab.node import Message, Node

# --- 1.1 ---


class Stamped(Message):
    time: int
    path: tuple[str, ...]  # whom to visit after this node


class Walker(Node):
    def __init__(self, trips=()):
        self.trips = trips  # paths of the messages that this node sends at its start
        self.time = 0

    def start(self):
        for trip in self.trips:
            self.pass_on(trip)

    def receive(self, message, sender):
        self.time = max(self.time, message.time) + 1
        self.pass_on(message.path)

    def pass_on(self, path):
        if path:
            self.time += 1
            self.send(path[0], Stamped(self.time, path[1:]))


# --- 1.2 ---


class Heartbeat(Message):
    pass


class Detector(Node):
    """Suspects a peer that it has not heard of for too long; notes "suspect b" and "trust b"."""

    def start(self):
        self.suspected = set()
        self.patience = dict.fromkeys(self.peers, 350)  # ms without a heartbeat
        for peer in self.peers:
            self.set_timer(peer, self.patience[peer])
        self.wake("beat")

    def receive(self, message, sender):
        if sender in self.suspected:
            self.suspected.remove(sender)
            self.note(f"trust {sender}")
            self.patience[sender] += 250  # it was a mistake: wait longer next time
        self.set_timer(sender, self.patience[sender])

    def wake(self, timer):
        if timer == "beat":
            self.broadcast(Heartbeat())
            self.set_timer("beat", 100)
        else:
            self.suspected.add(timer)
            self.note(f"suspect {timer}")


# --- 1.3 ---


class Rumour(Message):
    text: str


class Flooder(Node):
    def __init__(self, source=False):
        self.source = source
        self.known = set()

    def start(self):
        if self.source:
            self.known.add("fire!")
            self.broadcast(Rumour("fire!"))

    def receive(self, message, sender):
        if message.text not in self.known:
            self.known.add(message.text)
            self.note("heard")
            self.broadcast(message, [peer for peer in self.peers if peer != sender])


# --- 1.4 ---


def weak_spots(graph):
    """The nodes, and the links, whose loss alone cuts the network in two."""
    nodes, links = set(), set()
    for node in graph:
        rest = set(graph) - {node}
        if rest and reached(graph, rest) != rest:
            nodes.add(node)
    for u, v in graph.edges:
        if reached(graph, set(graph), without={u, v}) != set(graph):
            links.add((u, v))
    return nodes, links


def reached(graph, allowed, without=frozenset()):
    """All nodes that can be reached from one of the allowed ones, over allowed nodes and other links."""
    found, new = set(), {min(allowed)}
    while new:
        node = new.pop()
        found.add(node)
        new |= {n for n in graph[node] if n in allowed and {n, node} != without} - found
    return found
