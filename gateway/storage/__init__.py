"""Where things are kept: rows behind `Repository`, files behind `BlobStore`. Both seams have an embedded and a cluster side."""
