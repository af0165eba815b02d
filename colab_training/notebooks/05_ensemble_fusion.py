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
# How the opinions of all tests become one: methods compared on evidence out of fold with signals missing, weights, calibration,
# thresholds with a promised rate of false alarms, and what is left when tests are taken away.
#
# log-odds = prior + Σ weight × quality × log-likelihood ratio; no weight is negative. Weights and prior may depend on which tests
# spoke, never on what they said, so each contribution is exact.

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
# `MODELS` is the registry whose newest models are asked. `CLIPS` is what notebook 02 collected.

# %% tags=["parameters"]
DATA = "build/notebooks/preparation/data"
MODELS = "models"
CLIPS = "build/notebooks/video_evidence.jsonl"
CACHE = ".telltale/colab_training/notebooks"

# %%
import cv2
from IPython.display import Image, Markdown, display

from colab_training.ensemble.calibrate import compare_scales
from colab_training.ensemble.clips import fit_clips, opinions, splits
from colab_training.ensemble.compare import compare
from colab_training.ensemble.evidence import picture_evidence
from colab_training.ensemble.figures import evidence_figure, labels_figure, weights_figure
from colab_training.ensemble.missing import without
from colab_training.ensemble.pictures import fit_pictures
from colab_training.ensemble.tables import compared_table, promises_rows, scales_table, without_table
from colab_training.ensemble.verdicts import judged
from colab_training.figures import png
from colab_training.video_fusion.clips import read_clips
from colab_training.video_fusion.settings import load_video_fusion_settings

cv2.setNumThreads(1)

# %% [markdown]
# ## Evidence
# The evidence is kept by the models' and the pictures' digests; only what is new is asked for. A row in which nothing is red is a
# kind of fake that these cues do not see.

# %%
evidence = picture_evidence(Path(DATA), Path(MODELS), Path(CACHE))
photos = fit_pictures(evidence.calibration, evidence.new)
display(Image(png(evidence_figure(photos.table))))

# %% [markdown]
# ## Methods compared
# Groups left out; then with none to three opinions taken away at random; then whole sources left out.

# %%
display(Markdown(compared_table(compare(photos.table))))

# %% [markdown]
# ## Weights
# One row for each set of tests that may speak.

# %%
display(Image(png(weights_figure(photos.parameters, photos.table.cues))))

# %% [markdown]
# ## Calibration compared
# One factor on all weights (temperature) keeps contributions exact; a bent curve would not.

# %%
display(Markdown(scales_table(compare_scales(photos.table, photos.log_odds))))

# %% [markdown]
# ## Promised thresholds
# At most the share of the fourth column of real pictures like those of the source lies at or above the log-odds.

# %%
for row in promises_rows("image", photos.promises):
    print(*row, sep="\t")

# %% [markdown]
# ## How good the sum is
# Held-back pictures, which nothing was fitted on.

# %%
val = evidence.val
sources = [sample.source for sample in val.samples]
display(Image(png(labels_figure(judged(val.table, val.fake, sources, photos.parameters), photos.parameters))))

# %% [markdown]
# ## Tests taken away

# %%
rows = without(photos.table.cues, lambda tests: judged(val.table, val.fake, sources, photos.parameters, tests))
display(Markdown(without_table(rows)))

# %% [markdown]
# ## Videos
# The same methods on what tests say of whole clips, sources left out. With few clips, learning many weights costs more than it
# gains: what is shipped takes up tests one by one, as long as sources left out become more likely.

# %%
settings = load_video_fusion_settings(Path("colab_training/configs/video_fusion.toml"))
clips, _ = splits(read_clips(Path(CLIPS)), settings)
display(Markdown(compared_table(compare(opinions(clips)))))
print({cue: weight for cue, weight in fit_clips(clips, settings).parameters.weights.items() if weight})

# %% [markdown]
# ## The shipped model
# `python -m colab_training.ensemble` does all of this for photos, videos and recordings and writes fusion.json with its card.
