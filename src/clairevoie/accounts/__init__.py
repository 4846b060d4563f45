"""People who sign in, and « Mon compte », where each exercises their rights.

Never decides what is kept or erased: it calls the engine.
"""
