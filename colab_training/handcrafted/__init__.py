"""Makes the models that no network learns: the card of the face finder, and the fitted cues `frequency` and `noise_residual`."""
