"""comm/1, the end-to-end encryption of sealed groups (docs/sealed-protocol.md).

`checks` verifies and holds no secret: the server uses it, and nothing else of this package.
`private` opens, seals and signs: it runs on an officer's or an administration's machine only.
"""
