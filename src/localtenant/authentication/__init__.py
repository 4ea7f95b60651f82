"""The Authentication API: tokens, keys, discovery."""
