"""Has a running stack judge a golden set (`promotion.golden`) again and again, and tells how good its verdicts are."""
