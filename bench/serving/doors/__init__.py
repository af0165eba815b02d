"""How servers are asked: over one blocking connection per client, with as little work as possible for the client.

What the client takes of the two cores the server does not get, and Python's usual clients take up to a millisecond a call: they
would be measured instead of the servers. So both protocols are spoken by hand, as far as one call at a time needs them.
"""
