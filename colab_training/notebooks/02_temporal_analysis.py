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
# # 02 Temporal analysis
# Makes fakes from real clips, trains and fits the four tests of video, asks each about sources that it never saw, collects
# evidence of whole clips, and fits how the tests are weighed. Each step is a command of the project; clips, checkpoints and
# evidence are kept, so a run that was stopped goes on.

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
# `DATA` is the folder that notebook 00 made, or any with `av/manifest.csv`. `MODELS` holds the shipped models, of which the face
# finder and the tests of stills are needed. The smallest configurations are in `colab_training/configs/smoke`.

# %% tags=["parameters"]
DATA = "build/notebooks/preparation/data"
OUT = "build/notebooks/models"
CONFIGS = "colab_training/configs"
CACHE = ".telltale/colab_training/notebooks"
MODELS = "models"
EVIDENCE = "build/notebooks/video_evidence.jsonl"
TRAININGS = ["face_motion", "face_drift", "flow_consistency", "blending_flicker"]

# %%
from collections import Counter

import cv2
from IPython.display import Image, Markdown, display

from colab_training.ensemble.clips import fit_clips, splits
from colab_training.figures import png, tiles
from colab_training.video.build import Recipe, made, recorded
from colab_training.video.manifest import read_clips_manifest
from colab_training.video.report import areas_figure, ask_folds, strips
from colab_training.video.settings import load_video_settings
from colab_training.video_fusion.clips import read_clips
from colab_training.video_fusion.settings import load_video_fusion_settings
from colab_training.workshop import Workshop

cv2.setNumThreads(1)
workshop = Workshop(Path(DATA), Path(CONFIGS), Path(MODELS), Path(OUT), Path(CACHE) / "video")

# %% [markdown]
# ## Sources
# Few, and short. The tests learn from what is made of the real clips of split train, and are calibrated on it; recorded clips
# are only for measuring.

# %%
files = read_clips_manifest(workshop.data / "av")
for (split, label, source, kind), count in sorted(Counter((c.split, c.fake, c.source, c.kind) for c in files).items()):
    print(f"{split:6} {'fake' if label else 'real'} {source:18} {kind:32} {count:4}")

# %% [markdown]
# ## Training
# Each test learns from made fakes, once from those of all sources and once for each fold, without the fold's sources. Recorded
# clips are only judged.

# %%
for name in TRAININGS:
    places = ["--config", str(workshop.config(name)), "--out", str(workshop.folder(name))]
    workshop.run("video", *places, "--models", MODELS)

# %% [markdown]
# ## What they learned from
# One clip of each way of making, over 1.28 seconds. `reencoded` is an untouched clip that went through the same encoder.

# %%
settings = load_video_settings(workshop.config(TRAININGS[0]))
recipe = Recipe(settings.making.fakes, settings.making.originals, settings.seed)
display(Image(png(tiles(strips(made(workshop.data, workshop.models, workshop.cache, recipe))))))

# %% [markdown]
# ## Sources left out
# Recorded clips, by the models that serving would run. Half is chance; a bar's line is the 95% interval.

# %%
clips = recorded(workshop.data, workshop.models, workshop.cache)
display(Image(png(areas_figure(ask_folds(clips, settings.folds, workshop.cache, workshop.out)))))

# %% [markdown]
# ## Evidence and fit
# What all detectors say of every clip, those of movement without its source; then the weights and the prior of videos.

# %%
places = ["--config", str(workshop.config(TRAININGS[0])), "--out", EVIDENCE]
workshop.run("video.evidence", *places, "--models", MODELS, "--movement", OUT)

# %%
fusing = load_video_fusion_settings(Path("colab_training/configs/video_fusion.toml"))
fitted = fit_clips(splits(read_clips(Path(EVIDENCE)), fusing)[0], fusing)
print("prior:", fitted.parameters.prior_log_odds, "weights:", fitted.parameters.weights)
print("labels begin at", fitted.parameters.labels)

# %% [markdown]
# ## Cards

# %%
for name in TRAININGS:
    display(Markdown((workshop.folder(name) / "CARD.md").read_text(encoding="utf-8")))
