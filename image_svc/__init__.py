"""The detector for still pictures. Its question: do the pixels, of the faces above all, look as a camera leaves them?"""
