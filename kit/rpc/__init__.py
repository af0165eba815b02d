"""gRPC for all services: servers, channels, uploads, and the guard around every servicer method."""
