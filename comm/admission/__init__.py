"""What the server checks before it keeps anything: with the verifying half of the protocol's own code."""
