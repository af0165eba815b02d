"""What contracts of others cannot say of this server."""

from __future__ import annotations

BORROWED = {
    "GetOperation": 'One operation as it stands. Needs scope "read". Errors: NOT_FOUND. Idempotent.',
    "ListOperations": (
        "The caller's operations, newest first; the filter `done=true` or `done=false` leaves those that are done, or are not. "
        'Needs scope "read". Idempotent.'
    ),
    "CancelOperation": (
        'Stops an operation; one that has ended stays as it is. Needs scope "analyze". Errors: NOT_FOUND. Idempotent.'
    ),
    "DeleteOperation": (
        'Deletes an operation with the analysis that it makes, done or not; the file stays. Needs scope "analyze". '
        "Errors: NOT_FOUND."
    ),
}
"""Comments of the calls of google.longrunning.Operations, in our words."""

DESCRIPTION = """\
Telltale tells whether a photo, a video or a recording was manipulated or synthesised, how sure that is, and where it shows.

**Calls** need a token with the scope that each names: `Authorization: Bearer tt_…`. Without one there are the page, the signing
keys and what a link opens.

**Files** are the body of the request as they are, never a form: `curl -T photo.jpg`. All else about an upload goes into the
address.

**Spelling.** Answers have lowerCamelCase names. Zeros, empty lists and empty texts are written out; what is absent was not known.
Integers of 64 bits are strings, times RFC 3339, durations seconds with an "s".

**Streams** are one JSON object a line (NDJSON, sent as `application/json`); the last line is the final state.

**Errors** are a `google.rpc.Status`; its first detail, an `ErrorInfo` of the domain `telltale`, has a reason for programs.
`RetryInfo` says when it is worth trying again. Every answer has an `x-request-id`, which the server's log knows.

**Trying again.** A UUID of yours as `requestId` makes uploads and judgements idempotent: sent again, the same one gives the same
resource.
"""

TAGS = {
    "AnalysisService": "Judgements",
    "MediaService": "Files",
    "OperationService": "Waiting for long-running work",
    "Operations": "Long-running work",
    "ShareService": "Links",
    "FeedbackService": "What turned out to be true",
    "KeyService": "Keys",
    "WebService": "Page",
}
"""Headings of the services, in the order in which they are shown."""
