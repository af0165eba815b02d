"""One test per file: each turns facts about the file into one piece of evidence, or abstains."""
