"""How well are verdicts, measured on labelled faces that nothing was trained on? `python -m bench.accuracy`."""
