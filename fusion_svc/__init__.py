"""What does all the evidence together say? Log-odds become a label with its reasons and limits."""
