"""The detector for movement in videos. Its question: do faces move, and hold together from frame to frame, as real ones do?"""
