"""The proxy between the gateway and its services on one machine: every service has a door, behind it two clusters."""
