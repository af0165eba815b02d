#!/bin/sh
# Judges a file with nothing but curl: examples/curl.sh FILE REPORT.pdf
# TELLTALE_URL and TELLTALE_TOKEN say where and as whom.
set -eu
file=$1
report=$2

call() { # call PATH [curl's options…]: the answer, or the error's JSON on standard error and exit code 22
    path=$1
    shift
    curl --silent --show-error --fail-with-body -H "Authorization: Bearer $TELLTALE_TOKEN" "$@" "$TELLTALE_URL/v1/$path"
}

field() { # field NAME: of the JSON object on standard input
    python3 -c 'import json, sys
value = json.load(sys.stdin)
for name in sys.argv[1].split("."):
    value = value[name]
print(value)' "$1"
}

# 1. The file is the body. The key makes it safe to send the same again when the connection breaks.
key=$(python3 -c 'import uuid; print(uuid.uuid4())')
media=$(call "media?requestId=$key" -X POST -T "$file" | field name)
echo "stored: $media"

# 2. Ask for an analysis; the answer is an operation, at once.
operation=$(call analyses --json "{\"media\": \"$media\", \"requestId\": \"$key\"}" | field name)
echo "asked for: $operation"

# 3. Watch it: one JSON object a line, the last one is done.
last=$(call "$operation:watch" --no-buffer | tail -n 1)
analysis=$(echo "$last" | field metadata.analysis)

# 4. The report to keep.
call "$analysis/report?format=REPORT_FORMAT_PDF" -o "$report"
echo "$last" | field response.verdict.label
