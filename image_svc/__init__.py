"""The detector for pictures, still or of videos. Its question: do pixels, of faces above all, look as a camera leaves them?"""
