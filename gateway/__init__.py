"""The edge: takes files in, asks every detector that applies, has the evidence fused, keeps and gives back what came out.

A request's way: `access` (who, may they, how often) → `ingest` (bytes, digest, probe) → `vault` (stored under our own name) →
`plan` (which detectors apply) → `detect` (all at once, one time budget; `faces` go from one to the next) → `judge` (fusion) →
the answer.

Afterwards: `archive` finds it again, `report` writes it down, `sharing` makes links to it and the `lounge` is what they open,
`hindsight` keeps what turned out to be true, `receipts` say what was deleted.

`jobs` bounds how many analyses run and lets callers with the same idempotency key share one; `shredder` deletes, and
`janitor` has it delete what has expired.
"""
