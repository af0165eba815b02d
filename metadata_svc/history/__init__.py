"""What the coefficients of a picture tell of its earlier JPEG compressions, and whether all its parts share them."""
