"""Where batches pay on cores without an accelerator, and what waiting for one another costs."""
