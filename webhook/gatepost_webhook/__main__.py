"""Runs `python -m gatepost_webhook` as the command `gatepost`."""

from __future__ import annotations

from gatepost_webhook.cli import main

main()
