"""Kinds of charts, one file each: numbers in, SVG out."""
