"""Are the facts that metadata_svc reads from the labelled files the right ones?"""
