"""Whether an alarm of the template rings, given what its metrics say: the part of CloudWatch's rules that the template uses.

The emulator makes no alarm over a sum of metrics, so this is where those are tried. What this file does not know is an error.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from reading import logical_id

# The values of one period each, the newest last; `None`: nothing was measured.
Series = Sequence[float | None]
# The series of a metric by its namespace, its name, and logical ids or texts by dimension.
Measured = Callable[[str, str, dict[str, str]], Series]

COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": lambda value, threshold: value > threshold,
    "GreaterThanOrEqualToThreshold": lambda value, threshold: value >= threshold,
    "LessThanThreshold": lambda value, threshold: value < threshold,
    "LessThanOrEqualToThreshold": lambda value, threshold: value <= threshold,
}


def rings(alarm: dict[str, Any], measured: Measured) -> bool:
    """Whether it is in alarm after the periods that were measured."""
    compare = COMPARISONS[alarm["ComparisonOperator"]]
    periods = int(alarm["EvaluationPeriods"])
    needed = int(alarm.get("DatapointsToAlarm", periods))
    missing = {"breaching": True, "notBreaching": False}[alarm["TreatMissingData"]]
    last = list(_watched(alarm, measured))[-periods:]
    last = [None] * (periods - len(last)) + last
    breaching = [missing if value is None else compare(value, float(alarm["Threshold"])) for value in last]
    return sum(breaching) >= needed


def _watched(alarm: dict[str, Any], measured: Measured) -> Series:
    """What is compared with the threshold: the one metric, or what the one expression makes of several."""
    if "Metrics" not in alarm:
        return _series(alarm, measured)
    metrics = alarm["Metrics"]
    returned = [each for each in metrics if each.get("ReturnData", True)]
    assert len(returned) == 1, f"an alarm watches one of its metrics, and not {[each['Id'] for each in returned]}"
    periods = {each["MetricStat"]["Period"] for each in metrics if "MetricStat" in each}
    assert len(periods) == 1, f"metrics of periods {periods} are not added here"
    by_id = {each["Id"]: _series(each["MetricStat"]["Metric"], measured) for each in metrics if "MetricStat" in each}
    assert len(by_id) + 1 == len(metrics), "two metrics have one id, or there is more than one expression"
    if "MetricStat" in returned[0]:
        return by_id[returned[0]["Id"]]
    return _evaluated(returned[0]["Expression"], list(by_id.values()))


def _evaluated(expression: str, metrics: list[Series]) -> Series:
    assert expression == "SUM(METRICS())", f"the expression {expression} is not known here"
    length = max(len(series) for series in metrics)
    padded = [[None] * (length - len(series)) + list(series) for series in metrics]
    # A period in which some were measured is the sum of those.
    found = [[value for value in period if value is not None] for period in zip(*padded, strict=True)]
    return [sum(values) if values else None for values in found]


def _series(metric: dict[str, Any], measured: Measured) -> Series:
    dimensions = {each["Name"]: logical_id(each["Value"]) or str(each["Value"]) for each in metric.get("Dimensions") or []}
    namespace = metric["Namespace"]
    namespace = namespace["Fn::Sub"] if isinstance(namespace, dict) else namespace
    return measured(namespace, metric["MetricName"], dimensions)
