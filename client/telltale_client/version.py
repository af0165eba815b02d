"""The version of this package; it speaks v1 of the contract."""

from __future__ import annotations

__version__ = "0.1.0"
