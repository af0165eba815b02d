"""`telltale models`: the models of a folder, of a registry and of running services, and how they get from one to the other."""
