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
# # 04 Metadata
# Measures the rules about tags, programs, previews and content credentials, learns which habits in writing EXIF tell cameras from
# programs, and trains the tests that read the history of a JPEG from its numbers. Each step is a command of the project.

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
# `DATA` is the folder that notebook 00 made, or any with `metadata/exif_manifest.csv` and `scenes/real`. The smallest
# configurations are in `colab_training/configs/smoke`.

# %% tags=["parameters"]
DATA = "build/notebooks/preparation/data"
OUT = "build/notebooks/models"
CONFIGS = "colab_training/configs"
CACHE = ".telltale/colab_training/notebooks"
MODELS = "models"
TRAININGS = ["exif_anomaly", "jpeg_history", "region_consistency"]

# %%
from collections import Counter

import cv2
import numpy as np
from IPython.display import Image, Markdown, display
from matplotlib.figure import Figure

from colab_training.exif_anomaly.files import cameras, examples
from colab_training.exif_anomaly.fitting import NAMES, fit, kinds_of, unseen_makes
from colab_training.exif_anomaly.settings import load_anomaly_settings
from colab_training.figures import png
from colab_training.metadata_files import labelled_files
from colab_training.metadata_previews import foreign_facts, own_facts
from colab_training.workshop import Workshop

cv2.setNumThreads(1)
workshop = Workshop(Path(DATA), Path(CONFIGS), Path(MODELS), Path(OUT), Path(CACHE) / "metadata")

# %% [markdown]
# ## Files
# Camera files by make. They are few: every figure about EXIF below comes from fits that never saw the make.

# %%
originals = cameras(workshop.data)
for make, count in sorted(Counter(camera.make for camera in originals).items()):
    print(f"{make:12} {count:3}")

# %% [markdown]
# ## Rules
# Counted on labelled files; what is too rare to be counted is an assumption, and says so.

# %%
rules = workshop.out / "metadata_rules" / "0.0.0"
workshop.run("metadata_rules", "--out", str(rules), cached=False)

# %% [markdown]
# Previews beside the picture that they were found with, and beside one of another camera:

# %%
files = list(labelled_files(workshop.data))
figure = Figure(figsize=(9, 3), layout="constrained")
axes = figure.subplots()
for found, colour, label in ((own_facts(files), "tab:blue", "its own"), (foreign_facts(files), "tab:red", "another")):
    likeness = [facts.preview["correlation"] for facts in found if facts.preview]
    axes.hist(likeness, np.linspace(0, 1, 41), alpha=0.6, color=colour, label=f"{label} ({len(likeness)})")
axes.set(xlabel="likeness of preview and picture", ylabel="files")
axes.legend()
display(Image(png(figure)))

# %% [markdown]
# ## Training
# Habits in writing EXIF, then what the numbers of a JPEG tell of earlier compressions, and parts that differ from the rest.

# %%
workshop.train("exif_anomaly", cached=False)

# %%
for name in TRAININGS[1:]:
    workshop.train(name, cached=False)

# %% [markdown]
# ## Habits of unseen makes
# Log-odds of being changed for originals and for every manipulation, by fits that never saw the make. Beside it the weights: what
# a habit that is not kept adds.

# %%
settings = load_anomaly_settings(workshop.config("exif_anomaly"))
lessons = examples(originals, settings.draws, settings.seed)
odds, weights = unseen_makes(lessons, settings.ridge), fit(lessons, settings.ridge)
kinds = ["original", *kinds_of(lessons)]
figure = Figure(figsize=(12, 4), layout="constrained")
left, right = figure.subplots(1, 2)
left.axvline(0, color="grey", linewidth=0.8)
for place, kind in enumerate(kinds):
    values = odds[[lesson.kind == kind for lesson in lessons]]
    left.plot(values, np.full(values.size, place), "|", color="tab:red" if place else "tab:blue", markersize=12)
left.set_yticks(range(len(kinds)), kinds)
left.set(xlabel="log-odds")
right.barh(NAMES, weights.weights)
right.set(xlabel=f"weight (none of them: {weights.base:.2f})")
display(Image(png(figure)))

# %% [markdown]
# ## Cards

# %%
for folder in (rules, *(workshop.folder(name) for name in TRAININGS)):
    display(Markdown((folder / "CARD.md").read_text(encoding="utf-8")))
