"""Damaged media against a whole running stack: only typed refusals or answers, no process that dies, nothing that leaks.

`make fuzz-media N=10000 SEED=1`
"""
