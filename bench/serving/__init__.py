"""One work (a JPEG in, one probability out) served by our kit and by the usual servers, against a plain loop around it."""
