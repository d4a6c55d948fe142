"""The verifying half: encodings, signatures, chains, order. It can open nothing."""
