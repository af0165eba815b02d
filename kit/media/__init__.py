"""Media as bytes: held in sealed memory, recognised by their magic bytes, decoded only inside a sandbox."""
