"""Canaries on one machine, under load: a good version stays, and bad ones go without a failed call that is not their own."""
