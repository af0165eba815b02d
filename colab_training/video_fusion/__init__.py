"""How the tests of videos are weighed: fitted on the stretch that decides, measured on sources that were left out."""
