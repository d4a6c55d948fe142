"""The trial of delivery under faults: the product on servers of its own, publishers, receivers, and what breaks."""
