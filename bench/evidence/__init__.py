"""Evidence in a column of the database against a file beside it: what is written, how long deleting takes, and what is left."""
