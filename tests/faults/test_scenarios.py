"""Each fault of the table, for a moment and under load: no acknowledged write is lost, and nothing happens twice.

`make faults` lets them last, and measures.
"""

import pytest

from tests.faults.measuring import measure
from tests.faults.scenarios import SCENARIOS

pytestmark = pytest.mark.timeout(900)


SHORT = [pytest.param(scenario, id=scenario.name) for scenario in SCENARIOS if not scenario.covered_by]


@pytest.mark.parametrize("scenario", SHORT)
def test_nothing_acknowledged_is_lost_and_nothing_happens_twice(laboratory, scenario):
    if scenario.needs and not getattr(laboratory, scenario.needs):
        pytest.skip(f"needs {scenario.needs}")

    count = measure(laboratory, scenario, full=False)

    assert count.lost == []
    assert count.doubled == []
    assert count.server_errors == {}
