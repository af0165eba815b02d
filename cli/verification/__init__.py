"""Checks of signed documents: reports and deletion receipts. A document is a stranger's file: nothing in it is believed unseen."""
