"""What the calls of apps do to the conversation: a module for each part of it that they reach."""
