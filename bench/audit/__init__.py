"""What the audit log costs a call, and how fast it is checked."""
