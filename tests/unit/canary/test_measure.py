from __future__ import annotations

from canary.measure import findings_in

PAGE = """\
# HELP telltale_finding_log_odds Log-odds of findings.
# TYPE telltale_finding_log_odds histogram
telltale_finding_log_odds_bucket{cue="noise_residual",le="-1.0"} 2.0
telltale_finding_log_odds_bucket{cue="noise_residual",le="1.0"} 5.0
telltale_finding_log_odds_bucket{cue="noise_residual",le="+Inf"} 6.0
telltale_finding_log_odds_count{cue="noise_residual"} 6.0
telltale_finding_log_odds_sum{cue="noise_residual"} 1.0
# HELP telltale_evidence Evidence.
# TYPE telltale_evidence counter
telltale_evidence_total{cue="noise_residual",outcome="finding"} 6.0
telltale_evidence_total{cue="noise_residual",outcome="NO_FACE"} 3.0
telltale_evidence_total{cue="noise_residual",outcome="TOO_SMALL"} 1.0
"""


def test_findings_are_read_by_class_and_silence_is_the_last_one() -> None:
    assert findings_in(PAGE) == {"noise_residual": (2, 3, 1, 4)}


def test_a_service_without_findings_has_none() -> None:
    assert findings_in("") == {}
