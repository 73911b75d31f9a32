"""What all models have in common: declared fields, decoding, encoding and masking."""
