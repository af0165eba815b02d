"""Training of the face finder: composed pictures, labels by the teacher, a YOLO pose network, and its card."""
