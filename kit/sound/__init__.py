"""Sound before anything in it is judged: where there is speech, windows, spectra."""
