"""Two networks side by side: the same up to names, up to a scaling, up to a few reactions."""
