"""What a photo, a video and a recording cost in CPU seconds, and where each part of the stack saturates: docs/scaling.md."""
