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
# # 01 Image detection
# Trains the models that look at still pictures, exports each to ONNX with a parity test, calibrates it on groups it has not
# seen, measures it on held-back data and writes its card. Each training is the command that its card names; it goes on from
# its last checkpoint when it is run again.

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
# `DATA` is the folder that notebook 00 made, or any of the same layout. `TRAININGS` are packages of `colab_training`, each
# with a configuration of its name in `CONFIGS`. The smallest configurations are in `colab_training/configs/smoke`.

# %% tags=["parameters"]
DATA = "build/notebooks/preparation/data"
OUT = "build/notebooks/models"
CONFIGS = "colab_training/configs"
CACHE = ".telltale/colab_training/notebooks"
KEEP = "build/notebooks/kept"
TRAININGS = ["face_finder", "face_spatial", "frequency", "noise_residual", "whole_picture"]

# %%
import cv2
import numpy as np
import torch
from IPython.display import Image, Markdown, display
from matplotlib.figure import Figure

from colab_training.face_report import faces_of, judge_faces, training_examples
from colab_training.face_spatial import CHECKPOINT
from colab_training.figures import courses, maps, png, reliability, roc, tiles
from colab_training.history import course
from colab_training.settings import load_settings
from colab_training.workshop import Workshop

cv2.setNumThreads(1)
workshop = Workshop(Path(DATA), Path(CONFIGS), Path("models"), Path(OUT), Path(CACHE))
print("GPU:", torch.cuda.get_device_name() if torch.cuda.is_available() else "none, training on CPU")

# %% [markdown]
# ## What the face model is shown
# Both classes go through one pipeline of light, size, blur, noise and JPEG. A part of the fakes is blended on the fly from
# real faces (Shiohara and Yamasaki 2022).

# %%
settings = load_settings(workshop.config("face_spatial"))
display(Image(png(tiles(training_examples(settings, faces_of(workshop, "fit"), 24)))))

# %% [markdown]
# ## Training
# The face model also leaves its state dict and TorchScript in `KEEP`, held against the ONNX file.

# %%
for name in TRAININGS:
    workshop.train(name, *(["--keep", KEEP] if name == "face_spatial" else []))

# %%
display(Image(png(courses(course(Path(CACHE) / CHECKPOINT), "face_spatial"))))

# %% [markdown]
# ## The face model on held-back faces
# Run from its exported file, by the code that serving runs.

# %%
judged = judge_faces(workshop.folder("face_spatial"), faces_of(workshop, "val"))
fake = np.array([sample.fake for sample in judged.samples])
figure = Figure(figsize=(11, 5), layout="constrained")
left, right = figure.subplots(1, 2)
roc(left, judged.samples, judged.ratios, "face_spatial, val")
reliability(right, fake, judged.ratios, "reliability at even odds (number of faces)")
display(Image(png(figure)))

# %% [markdown]
# Where it looks: the most and the least suspicious faces. Red cells speak for manipulation; their mean is the logit.

# %%
display(Image(png(maps(judged.mapped(24)))))

# %% [markdown]
# ## Cards

# %%
for name in TRAININGS:
    display(Markdown((workshop.folder(name) / "CARD.md").read_text(encoding="utf-8")))
