"""The command `telltale`."""

from __future__ import annotations

import click

from cli.analyze import analyze
from cli.audit import audit
from cli.canary import canary
from cli.drift import drift
from cli.feedback import feedback
from cli.models.command import models
from cli.profile.command import profile
from cli.scan.command import scan
from cli.tokens import tokens
from cli.up import up
from cli.verify import verify


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Was this photo, video or recording manipulated or synthesised, how sure are we, and where do you look to see it?"""


for command in (up, analyze, scan, verify, feedback, tokens, audit, canary, drift, models, profile):
    main.add_command(command)
