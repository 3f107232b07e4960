"""Evidence of conversations; the place for cassettes, recordings and repros."""
