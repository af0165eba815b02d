"""Takes over a published network of face landmarks: converts it once, and writes its model folder."""
