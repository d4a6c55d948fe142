"""The commands of `./run`, once `bootstrap.py` has made the environment."""
