"""The steps from one schema to another, as small frozen values.

An operation applies itself to a schema, knows its inverse and says in a line what it does. It does
not know how it is printed, when it is dangerous, or in which order it runs.
"""
