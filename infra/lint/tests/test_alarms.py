"""Alarms ring when they should and not otherwise: the template's, over series that a test makes up."""

from __future__ import annotations

import copy
import sys
from pathlib import Path
from typing import Any

import pytest

LINT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(LINT))

from alarms import Measured, Series, rings
from translate import translate

PLAIN = translate((LINT.parent / "template.yaml").read_text(encoding="utf-8"))["Resources"]
ALARMS = {name: each["Properties"] for name, each in PLAIN.items() if each["Type"] == "AWS::CloudWatch::Alarm"}
FUNCTIONS = sorted(name for name, each in PLAIN.items() if each["Type"] == "AWS::Lambda::Function")
SUMMED = [each for each in FUNCTIONS if each != "ChannelPollFunction"]
ERRORS = ALARMS["FunctionErrorsAlarm"]


def only(name: str, series: Series, others: Series = (0,), **dimensions: str) -> Measured:
    """One metric says this, and every other says that."""

    def measured(_: str, metric: str, asked: dict[str, str]) -> Series:
        return series if metric == name and dimensions.items() <= asked.items() else others

    return measured


def errors_of(function: str, series: Series, others: Series = (0,)) -> Measured:
    """One function fails so often."""
    return only("Errors", series, others, FunctionName=function)


@pytest.mark.parametrize("function", SUMMED)
@pytest.mark.parametrize("others", [(0,), (None,), ()], ids=["run well", "do not run", "never ran"])
def test_one_function_that_fails_once_rings_whichever_it_is(function: str, others: Series) -> None:
    assert rings(ERRORS, errors_of(function, (0, 1), others))


@pytest.mark.parametrize("series", [(0,), (None,), (), (0, 0, 0), (5, 0)], ids=["well", "not run", "never", "long well", "over"])
def test_nothing_rings_where_nothing_fails_now(series: Series) -> None:
    assert not rings(ERRORS, only("Errors", series, series))


def test_what_fails_at_the_same_time_is_added() -> None:
    higher = {**ERRORS, "Threshold": 1}
    two = {SUMMED[1], SUMMED[4]}
    assert not rings(higher, errors_of(SUMMED[1], (1,)))
    assert rings(higher, lambda _, __, asked: (1,) if asked["FunctionName"] in two else (0,))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_function_that_goes_on_failing_rings_somewhere(function: str) -> None:
    ringing = [name for name, alarm in ALARMS.items() if alarm.get("TreatMissingData") == "notBreaching" and rings(alarm, errors_of(function, (1,) * 5))]
    assert ringing == (["FunctionErrorsAlarm"] if function in SUMMED else ["ChannelPollAlarm"])


@pytest.mark.parametrize("left_out", SUMMED)
def test_a_function_that_is_left_out_of_the_sum_is_missed(left_out: str) -> None:
    """What the tests above would say of a template with this mistake."""
    less: dict[str, Any] = copy.deepcopy(ERRORS)
    less["Metrics"] = [each for each in less["Metrics"] if "MetricStat" not in each or left_out not in str(each["MetricStat"])]
    assert len(less["Metrics"]) == len(ERRORS["Metrics"]) - 1
    assert not rings(less, errors_of(left_out, (1,)))


def test_what_the_emulator_is_told_instead_hears_of_one_function_alone() -> None:
    """Why this file is there: `_without_sums` (tests/e2e/deploy.py) leaves the first metric."""
    stats = [each["MetricStat"] for each in ERRORS["Metrics"] if "MetricStat" in each]
    first = {**{key: value for key, value in ERRORS.items() if key != "Metrics"}, **stats[0]["Metric"]}
    heard = [function for function in SUMMED if rings(first, errors_of(function, (1,)))]
    assert len(heard) == 1


def test_one_poll_in_ten_minutes_is_enough_and_none_rings() -> None:
    alarm = ALARMS["PollMissingAlarm"]
    count = "ConnectionsFailing"
    assert rings(alarm, only(count, (None, None))) and rings(alarm, only(count, ())), "no poll ended"
    assert not rings(alarm, only(count, (None, 1))) and not rings(alarm, only(count, (5, None)))
    assert rings(alarm, only(count, (5, None, None))), "and none came after it"


@pytest.mark.parametrize("name", ["InboundAgeAlarm", "StockHintsAgeAlarm", "OrderUpdatesAgeAlarm"])
def test_a_queue_rings_when_its_oldest_message_has_waited_long_for_three_minutes(name: str) -> None:
    def age(series: Series) -> Measured:
        return only("ApproximateAgeOfOldestMessage", series, QueueName=name.replace("AgeAlarm", "Queue"))

    assert rings(ALARMS[name], age((301, 302, 303)))
    assert not rings(ALARMS[name], age((300, 302, 303))) and not rings(ALARMS[name], age((400, 400, None)))


@pytest.mark.parametrize("name", sorted(name for name in ALARMS if name.endswith("DeadAlarm")))
def test_one_dead_letter_rings(name: str) -> None:
    queue = name.replace("DeadAlarm", "DeadLetters")
    assert rings(ALARMS[name], only("ApproximateNumberOfMessagesVisible", (1,), QueueName=queue))
    assert not rings(ALARMS[name], only("ApproximateNumberOfMessagesVisible", (0,), (1,), QueueName=queue))


def test_every_alarm_was_tried() -> None:
    """An alarm that no test above names would be one whose arithmetic nobody looked at."""
    tried = Path(__file__).read_text(encoding="utf-8")
    simple = {"ConnectionsFailingAlarm": ("ConnectionsFailing", (1,)), "ThrottlesAlarm": ("Throttles", (1,)), "TurnedAwayAlarm": ("TurnedAway", (51,)), "ApiErrorsAlarm": ("5xx", (4,))}
    for name, (metric, series) in simple.items():
        assert rings(ALARMS[name], only(metric, series)), name
        assert not rings(ALARMS[name], only(metric, (series[0] - 1,))), name
    assert [name for name in ALARMS if name not in tried and not name.endswith("DeadAlarm")] == []
