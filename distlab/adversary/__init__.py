"""The learner chooses what happens next, by hand: the world of a search, played step by step.

Nothing here draws: `game.Game` is the whole of it, the widget only shows it.
"""
