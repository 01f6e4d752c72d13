"""The jobs: each strings stages together over an open newsroom, and can be run again without harm."""
