"""Checks of signed documents: reports and deletion receipts. They are files of strangers: nothing in them is believed unseen."""
