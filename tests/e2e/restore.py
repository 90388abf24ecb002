"""Goes back to an earlier state of the table, by the steps of docs/guides/restore.md.

The emulator restores a table to a point in time as it is now, whatever the time (1.5.33), so the earlier state is one of a backup; the rest is as
on AWS. It has no redrive of dead letters either.
"""

from __future__ import annotations

from typing import Any

from deploy import Stack
from emulator import Emulator
from processes import wait_for

FUNCTIONS = ("OrderIntakeFunction", "StockFanoutFunction", "OrderUpdatesFunction")


def backup(emulator: Emulator, stack: Stack) -> str:
    """The state of now; answers its address."""
    answer = emulator.client("dynamodb").create_backup(TableName=stack.outputs["TableName"], BackupName="before")
    return str(answer["BackupDetails"]["BackupArn"])


def put_back(emulator: Emulator, stack: Stack, address: str) -> None:
    """Puts the table back under its name, as it was in a backup, and protects it."""
    table, dynamo = stack.outputs["TableName"], emulator.client("dynamodb")
    dynamo.update_table(TableName=table, DeletionProtectionEnabled=False)
    dynamo.delete_table(TableName=table)
    wait_for("the table is gone", lambda: True if table not in dynamo.list_tables()["TableNames"] else None)
    dynamo.restore_table_from_backup(TargetTableName=table, BackupArn=address)
    wait_for("the table is there", lambda: True if _described(dynamo, table)["TableStatus"] == "ACTIVE" else None)
    # A restored table has none of these.
    dynamo.update_table(TableName=table, DeletionProtectionEnabled=True)
    dynamo.update_time_to_live(TableName=table, TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires_at"})
    recovery = {"PointInTimeRecoveryEnabled": True}
    dynamo.update_continuous_backups(TableName=table, PointInTimeRecoverySpecification=recovery)


def halt(emulator: Emulator, stack: Stack, *, stopped: bool) -> None:
    """Stops the schedules and what reads queues, or starts them again. Deliveries are refused meanwhile, and come again."""
    functions = emulator.client("lambda")
    for function in FUNCTIONS:
        for mapping in functions.list_event_source_mappings(FunctionName=stack.resources[function])["EventSourceMappings"]:
            functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=not stopped)
    scheduler = emulator.client("scheduler")
    for each in scheduler.list_schedules()["Schedules"]:
        known = scheduler.get_schedule(Name=each["Name"], GroupName=each["GroupName"])
        wanted = ("Name", "GroupName", "ScheduleExpression", "FlexibleTimeWindow", "Target")
        scheduler.update_schedule(State="DISABLED" if stopped else "ENABLED", **{name: known[name] for name in wanted})


def guards(emulator: Emulator, stack: Stack) -> dict[str, Any]:
    """What protects the table."""
    table, dynamo = stack.outputs["TableName"], emulator.client("dynamodb")
    recovery = dynamo.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    return {
        "deletion protection": _described(dynamo, table)["DeletionProtectionEnabled"],
        "point-in-time recovery": recovery["PointInTimeRecoveryStatus"] == "ENABLED",
        "time to live": dynamo.describe_time_to_live(TableName=table)["TimeToLiveDescription"]["TimeToLiveStatus"] == "ENABLED",
    }


def _described(dynamo: Any, table: str) -> dict[str, Any]:
    description: dict[str, Any] = dynamo.describe_table(TableName=table)["Table"]
    return description
