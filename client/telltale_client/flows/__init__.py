"""What a client does, one flow a method. Their signatures and docstrings are those of `Client` and `AsyncClient`."""
