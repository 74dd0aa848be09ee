"""The processing contract (AVV): from draft to sealed copy."""
