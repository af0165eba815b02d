"""Who tries to learn the models from their answers: a budget on variants of one picture, and patterns worth a look."""
