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
# # 03 Sound and lips
# Takes over the network that finds speech, trains the test of voices and the test of lips against sound, fits the test of cuts in
# sound, and asks each about sources that it never saw. Each step is a command of the project; what was measured and learned is
# kept, so a run that was stopped goes on.

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
# `DATA` is the folder that notebook 00 made, or any with `speech/manifest.csv` and `av/manifest.csv`. `MODELS` holds the shipped
# models, of which those that find faces and speech are needed. The smallest configurations are in `colab_training/configs/smoke`.

# %% tags=["parameters"]
DATA = "build/notebooks/preparation/data"
OUT = "build/notebooks/models"
CONFIGS = "colab_training/configs"
CACHE = ".telltale/colab_training/notebooks"
MODELS = "models"
JUDGEMENTS = "build/notebooks/voice_judgements.jsonl"
TRAININGS = ["voice_spoof", "lip_sync", "av_coherence"]

# %%
from collections import Counter

import numpy as np
from IPython.display import Image, Markdown, display
from matplotlib.figure import Figure

from av_sync_svc.lips import SHIFT_MS, SHIFTS, agreement
from av_sync_svc.mouths import MOUTH_RATE_FPS
from colab_training.figures import png
from colab_training.lip_sync.cross_fit import cross_fit
from colab_training.lip_sync.settings import load_lip_sync_settings
from colab_training.lip_sync.talks import talks_of
from colab_training.lip_sync.trials import embedded
from colab_training.preparation.folder import read_rows
from colab_training.voice_spoof.judgements import read_judgements
from colab_training.workshop import Workshop

workshop = Workshop(Path(DATA), Path(CONFIGS), Path(MODELS), Path(OUT), Path(CACHE) / "sound")

# %% [markdown]
# ## Sources
# Recordings by label and source, then clips in which sound is heard. Both are few: every figure below is by source.

# %%
for folder, told in (("speech", "seconds"), ("av", "has_audio")):
    rows = [row for row in read_rows(workshop.data / folder) if row[told] != "0"]
    for (split, label, source), count in sorted(Counter((r["split"], r["label"], r["source"]) for r in rows).items()):
        print(f"{folder:6} {split:5} {label:4} {source:32} {count:4}")

# %% [markdown]
# ## Speech
# The network that finds speech is taken over as it is and measured.

# %%
speech = workshop.out / "voice_activity" / "1.0.0"
workshop.run("voice_activity", "--out", str(speech), cached=False)

# %% [markdown]
# ## Training
# Voices, lips, and cuts in sound.

# %%
workshop.train("voice_spoof", "--judgements", JUDGEMENTS)

# %%
workshop.train("lip_sync", "--models", MODELS)

# %%
workshop.train("av_coherence", cached=False)

# %% [markdown]
# ## Voices by source
# What is said of every recording of split train, as it is, by judges that had heard neither its speaker nor its source nor its
# system. Above the line speaks for synthesis.

# %%
said = [one for one in read_judgements(Path(JUDGEMENTS)) if one.split == "train" and not one.damage]
names = sorted({(one.fake, one.source) for one in said})
figure = Figure(figsize=(10, 4), layout="constrained")
axes = figure.subplots()
axes.axhline(0, color="grey", linewidth=0.8)
for place, name in enumerate(names):
    ratios = [one.log_likelihood_ratio for one in said if (one.fake, one.source) == name]
    axes.plot([place] * len(ratios), ratios, "o", alpha=0.5, color="tab:red" if name[0] else "tab:blue")
axes.set_xticks(range(len(names)), [source for _, source in names], rotation=90, fontsize=7)
axes.set(ylabel="log-likelihood ratio", title="fake recordings red, real ones blue")
display(Image(png(figure)))

# %% [markdown]
# ## Lips against sound
# How alike they are at each offset, for one real clip of every source, by the network that never saw the source. Recording chains
# differ by up to 80 ms.

# %%
settings = load_lip_sync_settings(workshop.config("lip_sync"))
talks = talks_of(workshop.data, workshop.models, workshop.cache)
found = cross_fit(settings, talks, workshop.cache)
figure = Figure(figsize=(10, 4), layout="constrained")
axes = figure.subplots()
axes.axvline(0, color="grey", linewidth=0.8)
for left_out, network in zip(settings.folds, found.folds, strict=True):
    for source in left_out:
        for talk in [talk for talk in talks if talk.clip.source == source and not talk.clip.fake][:1]:
            pair = embedded(network, talk)
            alike = agreement(pair.lips, pair.sound, pair.known)
            axes.plot(SHIFT_MS * np.array(SHIFTS), alike, label=f"{source}, {talk.looks / MOUTH_RATE_FPS:.1f} s")
axes.set(xlabel="sound taken to be late by, ms", ylabel="agreement")
axes.legend(fontsize=8)
display(Image(png(figure)))

# %% [markdown]
# ## Cards

# %%
for folder in (speech, *(workshop.folder(name) for name in TRAININGS)):
    display(Markdown((folder / "CARD.md").read_text(encoding="utf-8")))
