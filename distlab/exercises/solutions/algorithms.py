"""Solutions of chapter 3."""

# --- 3.6 ---


def trust(lease, drift, delay):
    """How long a holder may trust a lease, in ms by its own clock, from *sending* the request on."""
    earliest_end = lease / (1 + drift)  # by the clock on the wall: the lock's clock runs fast
    last_sending = earliest_end - delay  # what leaves later may come too late
    return (1 - drift) * last_sending  # what a slow clock shows by then
