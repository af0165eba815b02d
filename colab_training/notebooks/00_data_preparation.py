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
# # 00 Data preparation
# From sources to data that may be learned from: downloads that a configuration lists (each with its digest), checks and
# filters, frames of clips, a split by source and identity group, statistics, and a report on what could make a detector
# look better than it is.
#
# The code is `colab_training/preparation/`; the same run without a notebook is `python -m colab_training.preparation`.

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
# `DATA` holds `faces/manifest.csv` (file, label, kind, split, group) and, if there are any, `av/`, `scenes/real/` and
# `metadata/`. In Colab that is a folder of your Drive.

# %% tags=["parameters"]
DATA = "../shared/data"
OUT = "build/notebooks/preparation"
CONFIG = "colab_training/configs/preparation.toml"
MODELS = "models"
CACHE = ".telltale/colab_training"

# %% [markdown]
# ## Run
# Sources that the configuration lists are fetched and refused when their digest is another one. Then every picture is
# decoded, measured and fingerprinted once.

# %%
from IPython.display import Image, Markdown, display

from colab_training.figures import png, tiles
from colab_training.pictures import read_picture
from colab_training.preparation.download import fetch_all
from colab_training.preparation.report import markdown
from colab_training.preparation.run import FRAMES, Places, prepare, split_samples
from colab_training.preparation.settings import load_settings

settings = load_settings(Path(CONFIG))
places = Places(Path(DATA), Path(OUT), Path(MODELS), Path(CACHE))
fetch_all(settings.downloads, places.data)
report = prepare(places, settings)

# %% [markdown]
# ## Findings

# %%
display(Markdown(markdown(report)))

# %% [markdown]
# How much of what there is: a source with one class only teaches nothing but itself.

# %%
display(Image(places.out / "sources.png"))

# %% [markdown]
# Where real and fake differ although no detector should look. A detector that is trained on such a source without
# equalising it learns this.

# %%
display(Image(places.out / "outside.png"))

# %% [markdown]
# The same as one number for each source: how well size, compression and mean colour alone tell the classes apart.

# %%
display(Image(places.out / "shortcuts.png"))

# %% [markdown]
# One recording in two groups: these pairs were found by fingerprint, with contrast stretched for the eye. Pictures of train
# whose group val shows are left out of the prepared data, and groups that share a recording are one group from here on.

# %%
display(Image(places.out / "recurrences.png"))

# %% [markdown]
# ## What is learned from
# The prepared folder has the same layout and goes into the other notebooks as `DATA`.

# %%
for name, samples in split_samples(places.prepared).items():
    print(f"{name:12} {sum(not each.fake for each in samples):5} real {sum(each.fake for each in samples):5} fake")

# %% [markdown]
# Frames of clips, kept without loss:

# %%
frames = sorted((places.prepared / FRAMES).rglob("*.png"))
shown = frames[:: max(1, len(frames) // 16)][:16]
display(Image(png(tiles([(path.parent.name, read_picture(path)) for path in shown]))))
