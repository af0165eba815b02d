"""How accurate Telltale is on video: by kind of fake and source, after re-encoding, and where in time it points."""
