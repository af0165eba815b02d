"""Learning how lips and sound belong together, from people who are filmed speaking."""
