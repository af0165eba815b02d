"""What a call looks like in a shell, in Python and in JavaScript."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from tools.openapi.contracts import Method
from tools.openapi.routes import Route

Schema = dict[str, Any]

_ID = "01kb4m7x0e3f8v2q9c5d6h1j7k"
_ANALYSIS, _MEDIA, _OPERATION = f"analyses/{_ID}", f"media/{_ID}", f"operations/{_ID}"
_VALUES = {"cue": "noise_residual", "secret": "A" * 43, "name": "page.js"}

BODIES: dict[str, Schema] = {
    "CreateAnalysis": {"media": _MEDIA, "depth": "DEPTH_QUICK"},
    "BatchCreateAnalyses": {"requests": [{"media": _MEDIA}]},
    "AnalyzeStoredMedia": {"depth": "DEPTH_STANDARD"},
    "ContributeMedia": {"truth": "TRUTH_AUTHENTIC"},
    "WaitOperation": {"timeout": "60s"},
    "CancelOperation": {},
    "CreateShare": {"timeToLive": "3600s", "withMedia": False},
    "SetFeedback": {"truth": "TRUTH_MANIPULATED", "comment": "the author said so"},
}
"""A body for each call that takes JSON."""

_QUERIES = {"GetReport": "format=REPORT_FORMAT_PDF", "ListAnalyses": "labels=LABEL_MANIPULATED&pageSize=20"}
_FILES = {
    "GetReport": "report.pdf", "GetSharedReport": "report.json", "GetMap": "map.png", "GetSharedMap": "map.png",
    "DownloadMedia": "photo.jpg", "DownloadSharedMedia": "photo.jpg",
}  # fmt: skip

PYTHON = {
    "AnalyzeMedia": 'analysis = client.analyze("photo.jpg", depth="quick")\nprint(analysis.verdict.risk_score)',
    "UploadMedia": 'media = client.upload("photo.jpg")',
    "AnalyzeStoredMedia": f'analysis = client.analyze_stored("{_MEDIA}")',
    "CreateAnalysis": f'operation = client.create_analysis("{_MEDIA}", depth="quick")\nanalysis = operation.wait()',
    "BatchCreateAnalyses": f'operations = client.batch([telltale_client.analysis_request("{_MEDIA}")])',
    "GetAnalysis": f'analysis = client.get_analysis("{_ANALYSIS}")',
    "ListAnalyses": 'for analysis in client.list_analyses(labels=["manipulated"]):\n    print(analysis.name)',
    "DeleteAnalysis": f'receipt = client.delete_analysis("{_ANALYSIS}").receipt',
    "GetReport": f'pdf = client.report("{_ANALYSIS}", "pdf")',
    "GetMap": f'png = client.map("{_ANALYSIS}", "noise_residual")',
    "GetMedia": f'media = client.get_media("{_MEDIA}")',
    "ListMedia": "for media in client.list_media():\n    print(media.name)",
    "DownloadMedia": f'data = b"".join(client.download("{_MEDIA}"))',
    "DeleteMedia": f'receipt = client.delete_media("{_MEDIA}").receipt',
    "ContributeMedia": f'contribution = client.contribute("{_MEDIA}", "authentic")',
    "DeleteContribution": f'client.delete_contribution("contributions/{_ID}")',
    "GetOperation": f'operation = client.get_operation("{_OPERATION}")\nprint(operation.done)',
    "ListOperations": "for operation in client.list_operations(done=False):\n    print(operation.name)",
    "WatchOperation": f'for step in client.get_operation("{_OPERATION}").watch():\n    print(step.state)',
    "WaitOperation": f'analysis = client.get_operation("{_OPERATION}").wait()',
    "CancelOperation": f'client.get_operation("{_OPERATION}").cancel()',
    "DeleteOperation": f'client.delete_operation("{_OPERATION}")',
    "CreateShare": f'share = client.share("{_ANALYSIS}", with_media=False)\nprint(share.secret)',
    "ListShares": f'shares = client.list_shares("{_ANALYSIS}")',
    "DeleteShare": f'client.delete_share("{_ANALYSIS}/shares/{_ID}")',
    "SetFeedback": f'client.feedback("{_ANALYSIS}", "manipulated", "the author said so")',
    "GetFeedback": f'said = client.get_feedback("{_ANALYSIS}")',
    "ListFeedback": "for said in client.list_feedback():\n    print(said.truth)",
    "DeleteFeedback": f'client.delete_feedback("{_ANALYSIS}")',
    "ListSigningKeys": "keys = client.signing_keys()",
}
"""By `telltale_client`, which has no need of what is meant for browsers and for people without a token."""

_PYTHON_HEAD = 'import telltale_client\n\nwith telltale_client.Client("https://telltale.example") as client:\n'


def samples(method: Method, route: Route, *, token: bool, line_by_line: bool) -> Sequence[Schema]:
    """Redoc's `x-codeSamples`."""
    name, path = method.descriptor.name, _path(method.descriptor.name, route)
    found = [_sample("Shell", "curl", _curl(name, path, route, token=token))]
    if name in PYTHON and not route.number:
        body = "\n".join(f"    {line}" for line in PYTHON[name].splitlines())
        found.append(_sample("Python", "Python", _PYTHON_HEAD + body))
    return [*found, _sample("JavaScript", "JavaScript", _javascript(name, path, route, token, line_by_line))]


def _sample(language: str, label: str, source: str) -> Schema:
    return {"lang": language, "label": label, "source": source}


def _path(name: str, route: Route) -> str:
    path = route.path
    for each in route.parameters:
        path = path.replace("{" + each.name + "}", _VALUES.get(each.name, _ID))
    return path + (f"?{_QUERIES[name]}" if name in _QUERIES else "")


def _is_upload(name: str, route: Route) -> bool:
    return bool(route.body) and name not in BODIES


def _curl(name: str, path: str, route: Route, *, token: bool) -> str:
    upload, words = _is_upload(name, route), []
    # curl's own choice is GET, with --json POST, and with -T PUT.
    if route.verb != ("put" if upload else "post" if name in BODIES else "get"):
        words.append(f"-X {route.verb.upper()}")
    if token:
        words.append('-H "Authorization: Bearer $TELLTALE_TOKEN"')
    if name in BODIES:
        words.append(f"--json '{json.dumps(BODIES[name])}'")
    if upload:
        words.append("-T photo.jpg")
    if name in _FILES:
        words.append(f"-o {_FILES[name]}")
    return "curl " + " \\\n  ".join([*words, f"'https://telltale.example{path}'"])


def _javascript(name: str, path: str, route: Route, token: bool, line_by_line: bool) -> str:
    headers = ["Authorization: `Bearer ${token}`"] if token else []
    headers += ['"Content-Type": "application/json"'] if name in BODIES else []
    options = [] if route.verb == "get" else [f'method: "{route.verb.upper()}"']
    options += [f"headers: {{ {', '.join(headers)} }}"] if headers else []
    options += [f"body: JSON.stringify({json.dumps(BODIES[name])})"] if name in BODIES else []
    options += ["body: file"] if _is_upload(name, route) else []
    written = "".join(f"\n  {option}," for option in options)
    call = f'const response = await fetch("https://telltale.example{path}"{f", {{{written}{chr(10)}}}" if written else ""});'
    failed = "if (!response.ok) throw new Error((await response.json()).message);"
    return "\n".join((call, failed, _reading(name, line_by_line, route)))


def _reading(name: str, line_by_line: bool, route: Route) -> str:
    if line_by_line:
        return 'const lines = (await response.text()).trim().split("\\n");\nconst last = JSON.parse(lines.at(-1));'
    if route.response_body or name in _FILES:
        return "const file = await response.blob();"
    return "const answer = await response.json();"
