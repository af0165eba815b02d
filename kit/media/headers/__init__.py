"""Facts from picture headers, read without decoding: a picture is measured before a decoder may spend memory on it.

One file per format. All of this runs inside the sandbox, on bytes that may be hostile.
"""
