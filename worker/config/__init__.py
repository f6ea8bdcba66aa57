"""What the environment may say: read, checked, and handed on as frozen settings."""
