"""A page to work in: tables in, searches watched, answers tried and taken away; on this machine alone."""
