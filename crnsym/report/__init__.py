"""Results for people: figures, one HTML page, a folder of files."""
