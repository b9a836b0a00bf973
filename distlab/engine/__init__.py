"""The engine of `explore`: worlds as integers, handlers run once for each state and input.

`world.py` says what a step is; the modules here do the same thing fast, and tests hold them to it.
"""
