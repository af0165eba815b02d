"""What a registry costs a service."""
