"""Code lists: data files, the loader that keeps them by version, and the way to read them."""
