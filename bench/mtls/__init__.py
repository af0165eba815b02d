"""What mTLS costs between two services on one machine."""
