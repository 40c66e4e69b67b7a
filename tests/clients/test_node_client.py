"""HubSpot's client for Node."""

import json
import subprocess
from pathlib import Path

from tests.clients.conftest import NODE, Product
from tests.clients.job import PASSED, PLAN, flow

JOB = Path(__file__).parent / "node" / "job.js"


def test_the_node_client_makes_a_workflow_and_sees_it_run(
    product: Product, node_client: Path, tmp_path: Path
) -> None:
    given = tmp_path / "given.json"
    given.write_text(json.dumps({"plan": PLAN, "flow": flow("LIST_ID")}), "utf-8")
    ended = subprocess.run(
        [NODE, JOB, product.base, product.key, node_client, given],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout) == {
        "options": ["basic", "pro"],
        "edges": [True],
        "enabled": [False, True],
        "refused": [404, "OBJECT_NOT_FOUND"],
        "people": {
            "Ada": {"status": None, "tasks": 1, "kinds": PASSED},
            "Bo": {"status": "OPEN", "tasks": 0, "kinds": PASSED},
        },
    }
