"""What all models have in common: declared fields, decoding, encoding and masking."""

from __future__ import annotations
