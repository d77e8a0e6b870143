"""Leadline decides which marketing leads are qualified, and explains every decision."""

__version__ = "0.1.0"
