"""The default engine: a Whoosh index of messages and their paragraphs."""
