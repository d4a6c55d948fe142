"""The opening half: private keys, epochs, messages, files, unlocking. No server code may import it."""
