"""Nominal data: its fields, its purposes, its sealing under a key per administration, and its look-up by keyed hash.

Nothing decrypted is kept beyond the act that opened it, logged, or written anywhere in clear.
"""
