"""Judges of histories: whether what the clients saw is what the specification allows.

``linearizable(history, Register())`` answers with a `Verdict`: an order that explains everything, or the few
operations that contradict each other, in words.
"""

from distlab.checking.anomalies import ISOLATION, Anomaly
from distlab.checking.isolation import IsolationVerdict, isolated, serializable
from distlab.checking.jepsen import from_jepsen
from distlab.checking.levels import LEVELS, consistent
from distlab.checking.linearizability import linearizable
from distlab.checking.models import CasRegister, Counter, Keyed, KeyValue, Mutex, Queue, Register, Set
from distlab.checking.recorder import Recorder
from distlab.checking.specification import ILLEGAL, UNKNOWN, Model, ModelError
from distlab.checking.verdict import Edge, Reasons, Verdict

__all__ = [
    "linearizable",
    "consistent",
    "LEVELS",
    "serializable",
    "isolated",
    "ISOLATION",
    "IsolationVerdict",
    "Anomaly",
    "Verdict",
    "Reasons",
    "Edge",
    "Model",
    "ModelError",
    "ILLEGAL",
    "UNKNOWN",
    "Register",
    "CasRegister",
    "KeyValue",
    "Queue",
    "Counter",
    "Set",
    "Mutex",
    "Keyed",
    "Recorder",
    "from_jepsen",
]
