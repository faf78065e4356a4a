"""Plan -> matches: what keeps the terms and answers queries, behind one small border."""
