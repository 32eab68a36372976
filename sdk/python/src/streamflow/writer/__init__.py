"""Many small writes as few large ones: a buffer, a store (memory, or a spool folder), and one thread that delivers.

The only order is that of the store: what a batch's key says (idempotency.py) holds because nothing overtakes.
"""
