"""The detector for sound. Its question: is the voice synthetic, do the lips fit it, do sound and picture belong together?"""
