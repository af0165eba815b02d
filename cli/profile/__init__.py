"""`telltale profile`: what every process is set to, and by whom."""
