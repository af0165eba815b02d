"""How long do the tests of one still picture with one face take, face finding included? `python -m bench.stills`."""
