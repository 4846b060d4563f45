"""The HTTP edge: parse, call one action or one queryset, render."""
