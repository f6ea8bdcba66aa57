"""A worker among workers: its health, load and figures, and rooms whose agent has died."""
