"""The Gemini Live side: what models accept, a connection that survives, failures in words."""
