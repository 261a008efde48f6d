"""Rows for the tables of a database.

A connection and its schema come in; every table that can have rows has some afterwards.
"""
