"""Long-running work that outlives calls, processes and machines: taken on once, done to its end, cancelled at any moment."""
