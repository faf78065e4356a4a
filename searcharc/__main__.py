"""`python -m searcharc`: the command line."""

from searcharc.cli import main

main()
