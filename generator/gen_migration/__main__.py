"""`python -m gen_migration`."""

from gen_migration.cli import main

main()
