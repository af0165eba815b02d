"""Trains `whole_picture`: was this picture, with or without faces, made as a whole by a generator?"""
