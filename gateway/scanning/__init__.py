"""Whether an upload is known for harmful, asked before anything of it is kept."""
