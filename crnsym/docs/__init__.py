"""The handbook and the reference of the public names, rendered to a folder of pages that need no network."""
