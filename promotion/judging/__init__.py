"""What runs in a process of its own while a model is measured: one set of models and the services' detectors over it.

A candidate that crashes, hangs or eats memory does so here, and the peak of memory is the candidate's own.
"""
