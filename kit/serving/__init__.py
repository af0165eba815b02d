"""Sets of models at work: held while calls need them, swapped whole, side by side in lanes, heard in the shadow."""
