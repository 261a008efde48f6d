"""What `make run` shows: the main path, an edit and the way back, on 80 columns."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from environment import clean_environment

ROOT = Path(__file__).parents[2]
SCENES = (
    "$ gen-migration spec/notifications.yaml\n",
    "it is the same as output/",
    "$ alembic upgrade head\n",
    "=# \\d notifications\n",
    "+      priority: {type: varchar(10), default: normal}\n",
    "$ gen-migration diff history spec/notifications.yaml\n",
    "+ column priority varchar(10) DEFAULT 'normal' NOT NULL\n",
    "note GM302",
    "def upgrade() -> None:\n",
    'op.drop_column("notifications", "priority")\n',
    "$ alembic upgrade head\n",
    'ix_notifications_user_id_priority" btree (user_id, priority)\n',
    "$ alembic downgrade base\n",
)


def test_it_leads_there_and_back() -> None:
    kept = [ROOT / "spec/notifications.yaml", *sorted((ROOT / "output").glob("*.py"))]
    before = [path.read_bytes() for path in kept]
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "run.py")],
        capture_output=True,
        text=True,
        check=False,
        env=clean_environment(),
    )
    assert done.returncode == 0, done.stderr
    place = 0
    for scene in SCENES:
        place = done.stdout.index(scene, place) + len(scene)
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert [path.read_bytes() for path in kept] == before
