"""What all models have in common: declared fields, decoding, encoding, masking."""

from __future__ import annotations
