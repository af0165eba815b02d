"""How well the models are protected: what rounding costs, us and an attacker, and what the budget on variants lets through."""
