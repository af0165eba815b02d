"""From sources to data that may be learned from: checks, filters, splits, frames of clips, statistics, leakage report."""
