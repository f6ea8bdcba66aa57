"""What the room gets back: messages, captions, state; and who in it is served."""
