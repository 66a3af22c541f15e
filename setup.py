"""Shim that keeps ``python setup.py ...`` alive; everything is said in pyproject.toml."""

from setuptools import setup

setup()
