"""Allting: an open strategy platform."""
