"""A registry of models: published and signed, offered by channels; all its files are created once and never changed."""
