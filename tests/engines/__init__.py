"""Tests of the places where matching runs."""
