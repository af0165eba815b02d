"""The served face finder and its teacher, side by side on pictures that neither training saw."""
