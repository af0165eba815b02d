"""The whole stack as processes of one machine: what to start, how to know that it runs, how to keep it running."""
