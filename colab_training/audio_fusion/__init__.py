"""The section of recordings in the fusion model, fitted on what `voice_spoof` said of recordings that it had not heard."""
