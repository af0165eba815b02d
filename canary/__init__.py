"""May this version serve everybody? It runs beside the old one, gets a growing share of the calls, and is watched.

`policy` and `decide` know neither processes nor networks: they are given what was counted and say what follows. `measure` and
`golden` count; `envoy` is the proxy between gateway and services that shares the calls out; `rollout` goes the steps.
"""
