"""RawMessage -> Message: the only place where bytes become text."""
