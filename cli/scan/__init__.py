"""`telltale scan`: a whole folder, in one go or in many, with a table of verdicts at the end."""
