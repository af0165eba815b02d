"""AnalysisService: judgements."""
