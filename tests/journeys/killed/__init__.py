"""The product's own processes, made to die at one exact place (kill -9)."""
