"""Versions of image_svc that do something wrong on purpose. Each one is a folder that `telltale canary --to` can name."""
