"""Query text -> tree. Knows no engine and no index."""
