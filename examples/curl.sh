#!/bin/sh
# Judges a file with nothing but curl: examples/curl.sh FILE REPORT.pdf
# TELLTALE_URL and TELLTALE_TOKEN say where and as whom.
set -eu
file=$1
report=$2

call() { # call PATH [curl's options…]: the answer; an error's JSON goes to standard error, with curl's exit code
    path=$1
    shift
    answer=$(curl --silent --show-error --fail-with-body -H "Authorization: Bearer $TELLTALE_TOKEN" "$@" "$TELLTALE_URL/v1/$path") || {
        code=$?
        printf '%s\n' "$answer" >&2
        exit $code
    }
    test -z "$answer" || printf '%s\n' "$answer"
}

field() { # field NAME JSON: the name may have dots; where there is no such field the JSON, which says why, goes to standard error
    printf '%s\n' "$2" | python3 -c 'import json, sys
text = sys.stdin.read()
value = json.loads(text)
for name in sys.argv[1].split("."):
    if name not in value:
        sys.exit(text)
    value = value[name]
print(value)' "$1"
}

# 1. The file is the body. The key makes it safe to send the same again when the connection breaks.
key=$(python3 -c 'import uuid; print(uuid.uuid4())')
stored=$(call "media?requestId=$key" -X POST -T "$file")
media=$(field name "$stored")
echo "stored: $media"

# 2. Ask for an analysis; the answer is an operation, at once.
asked=$(call analyses --json "{\"media\": \"$media\", \"requestId\": \"$key\"}")
operation=$(field name "$asked")
echo "asked for: $operation"

# 3. Watch it: one JSON object a line, the last one is done.
steps=$(call "$operation:watch" --no-buffer)
last=$(printf '%s\n' "$steps" | tail -n 1)
label=$(field response.verdict.label "$last")

# 4. The report to keep.
call "$(field metadata.analysis "$last")/report?format=REPORT_FORMAT_PDF" -o "$report"
echo "$label"
