# ---
# jupyter:
#   accelerator: GPU
#   colab:
#     provenance: []
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 05 Ensemble fusion
# Asks all detectors about labelled pictures, fits how much each cue adds beyond the others, sets the labels' thresholds on
# groups that the weights have not seen, measures on held-back pictures and writes the card.
#
# log-odds = Σ weight × quality × log-likelihood ratio; no weight is negative, and the prior is even.

# %% [markdown]
# ## Where this runs
# Here: in the environment of `make test-train`, from any folder of the project. In Colab: name the project's repository in
# `REPOSITORY`; the next cell clones and installs it. torch is Colab's own, everything else comes from the lock file.

# %%
import os
import subprocess
import sys
from pathlib import Path

REPOSITORY = ""

try:
    from google.colab import drive
except ImportError:
    here = Path.cwd()
    PROJECT = next(folder for folder in (here, *here.parents) if (folder / "colab_training" / "notebooks").is_dir())
else:
    drive.mount("/content/drive")
    PROJECT = Path("/content/telltale")
    if not PROJECT.is_dir():
        subprocess.run(["git", "clone", REPOSITORY, str(PROJECT)], check=True)
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
    subprocess.run([*install, "-r", str(PROJECT / "requirements" / "train.txt")], check=True)
    subprocess.run([*install, "-e", str(PROJECT)], check=True)

os.chdir(PROJECT)
sys.path[:0] = [str(PROJECT), str(PROJECT / "third_party" / "python")]

# %% [markdown]
# ## Parameters
# `MODELS` is the registry whose newest models are asked.

# %% tags=["parameters"]
DATA = "build/notebooks/preparation/data"
MODELS = "models"
OUT = "build/notebooks/models/fusion/0.0.0"
CACHE = ".telltale/colab_training/notebooks"

# %%
import cv2
import numpy as np
from IPython.display import Image, Markdown, display
from matplotlib.figure import Figure

from colab_training.figures import png, reliability, roc
from colab_training.fusion_report import evidence_figure, fused, weights_figure
from colab_training.workshop import Workshop

cv2.setNumThreads(1)
workshop = Workshop(Path(DATA), Path("colab_training/configs"), Path(MODELS), Path(OUT), Path(CACHE))

# %% [markdown]
# ## Evidence and fit
# The evidence is kept by the models' and the pictures' digests; only what is new is asked for.

# %%
workshop.run("fusion", "--models", MODELS, "--out", OUT)

# %% [markdown]
# ## What the cues say
# Held-back pictures. A row in which nothing is red is a kind of fake that these cues do not see.

# %%
held_back = fused(workshop, Path(OUT), "val")
display(Image(png(evidence_figure(held_back))))
display(Image(png(weights_figure(held_back))))

# %% [markdown]
# ## How good the sum is

# %%
figure = Figure(figsize=(11, 5), layout="constrained")
left, right = figure.subplots(1, 2)
roc(left, held_back.samples, held_back.log_odds, "fused, val")
reliability(right, held_back.fake, held_back.log_odds, "reliability (number of pictures)")
display(Image(png(figure)))

# %% [markdown]
# Log-odds of both classes, and where labels begin:

# %%
figure = Figure(figsize=(9, 3), layout="constrained")
axes = figure.subplots()
bins = np.linspace(held_back.log_odds.min() - 0.1, held_back.log_odds.max() + 0.1, 50)
axes.hist(held_back.log_odds[~held_back.fake], bins, alpha=0.6, label="real")
axes.hist(held_back.log_odds[held_back.fake], bins, alpha=0.6, label="fake")
for name, threshold in held_back.parameters.labels.model_dump().items():
    axes.axvline(threshold, color="black", linewidth=0.8)
    axes.text(threshold, axes.get_ylim()[1], f" {name}", rotation=90, va="top", fontsize=8)
axes.set(xlabel="fused log-odds", ylabel="pictures")
axes.legend()
display(Image(png(figure)))

# %% [markdown]
# ## Card

# %%
display(Markdown((Path(OUT) / "CARD.md").read_text(encoding="utf-8")))
