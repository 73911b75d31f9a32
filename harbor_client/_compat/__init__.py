"""What only scripts written for the generated client need."""
