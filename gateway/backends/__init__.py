"""The services behind the gateway, as their callers in here know them."""
