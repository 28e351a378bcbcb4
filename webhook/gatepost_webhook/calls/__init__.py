"""Calls of other systems: who is told what, that it comes from us, and that it goes nowhere it must not."""
