"""The sealed network of the demonstration, told over HTTP by its own persons. Never run anywhere else."""
