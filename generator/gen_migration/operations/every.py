"""All operations under one name: `from gen_migration.operations import every as op`."""

# ruff: noqa: F403 - what they define is what is here

from gen_migration.operations.access import *
from gen_migration.operations.alterations import *
from gen_migration.operations.base import *
from gen_migration.operations.columns import *
from gen_migration.operations.enum_values import *
from gen_migration.operations.inheritance import *
from gen_migration.operations.renames import *
from gen_migration.operations.rows import *
from gen_migration.operations.serial import *
from gen_migration.operations.tables import *
