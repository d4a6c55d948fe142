"""Identifiers that customs records carry: their spelling, check rules and repairs.

One module a family (containers, vessels, air, documents, post, trade items, chemicals, people's documents,
contacts, places, seals); ``kinds`` lists them, ``reading.read`` reads one value,
``extraction.find_identifiers``
finds them in free text. Nothing here touches the database, raises on what a person typed, or blocks a record:
a number that fails its rule is *doubtful* and says why.
"""
