"""Full-text search for mailing-list archives."""
