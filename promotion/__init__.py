"""May this model go to more people? Candidates are held against what a channel offers, on files that the operator labelled,
and people put their names to what was found.

Nothing here serves: it stands on the services' own detectors, so that what is judged is what will run.
"""
