"""The back office at /gestion/: its door, its rooms, its pages. It holds no rule."""
