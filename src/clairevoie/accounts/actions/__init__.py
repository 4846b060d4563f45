"""Every write about people who sign in: one keyword-only function a verb, one module a journey."""
