"""What a call costs, how fast its answers are, and what it may cost."""
