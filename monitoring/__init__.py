"""What watches a running Telltale: drift of what comes in and of what is said of it, and a golden set judged again and again."""
