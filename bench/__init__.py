"""Side-by-side measurements: the engine against SQL written by hand for the same work."""
