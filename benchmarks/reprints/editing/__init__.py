"""Edits as other desks make them, each a function of a text and a random stream.

Nothing here is imported from the project's own packages, so that no rule of the detector can leak in.
"""
