"""The page people talk through, and the server that hosts it and lets them into rooms."""
