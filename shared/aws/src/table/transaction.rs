//! Up to a hundred rows, all or none: `TransactWriteItems`.

use super::expression::Placeholders;
use super::{DynamoTable, item};
use crate::failure::{Again, failure};
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    CancellationReason, ConditionCheck, Delete, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update,
};
use aws_smithy_types::error::operation::BuildError;
use ports::{Error, ErrorKind, Ids, Reason, Refused, Result, Status, Write};

/// So that a refusal says what stands in the way.
const OLD: ReturnValuesOnConditionCheckFailure = ReturnValuesOnConditionCheckFailure::AllOld;

impl DynamoTable {
    /// Commits; asks once more under the same token where the answer was lost. DynamoDB answers such a repetition with success
    /// if the first was done, and otherwise does it then.
    pub(super) async fn commit(&self, writes: &[Write]) -> std::result::Result<(), Refused> {
        let items = writes.iter().map(|write| self.part(write)).collect::<std::result::Result<Vec<_>, _>>().map_err(|error| {
            Error::new(ErrorKind::Bug, "table.transact", "a write of the transaction could not be built").caused_by(error)
        })?;
        let token = self.tokens.fresh();
        match self.attempt(&items, &token).await {
            Err(Refused::Error(error)) if error.status == Status::Unknown => settle(self.attempt(&items, &token).await),
            answer => answer,
        }
    }

    async fn attempt(&self, items: &[TransactWriteItem], token: &str) -> std::result::Result<(), Refused> {
        let call = self.writes.transact_write_items().set_transact_items(Some(items.to_vec())).client_request_token(token);
        let Err(error) = call.send().await else { return Ok(()) };
        if let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error.as_service_error() {
            return Err(match cancelled.cancellation_reasons().iter().map(reason).collect::<Result<Vec<_>>>() {
                Ok(reasons) if reasons.len() == items.len() => Refused::Reasons(reasons),
                Ok(_) => Refused::Error(Error::new(ErrorKind::Protocol, "table.transact", "DynamoDB gave no reason per write")),
                Err(error) => Refused::Error(error),
            });
        }
        if matches!(error.code(), Some("TransactionInProgressException" | "TransactionConflictException")) {
            return Err(Refused::Reasons(vec![Reason::Busy; items.len()]));
        }
        Err(Refused::Error(failure("table.transact", Again::Matters, &error)))
    }

    fn part(&self, write: &Write) -> std::result::Result<TransactWriteItem, BuildError> {
        let mut placeholders = Placeholders::default();
        let part = TransactWriteItem::builder();
        let part = match write {
            Write::Put { row, when } => part.put(
                Put::builder()
                    .table_name(&self.name)
                    .set_item(Some(item::item(row)))
                    .set_condition_expression(placeholders.condition(when))
                    .set_expression_attribute_names(placeholders.names())
                    .set_expression_attribute_values(placeholders.values())
                    .return_values_on_condition_check_failure(OLD)
                    .build()?,
            ),
            Write::Update { key, add, set, remove, when } => part.update(
                Update::builder()
                    .table_name(&self.name)
                    .set_key(Some(item::key(key)))
                    .update_expression(placeholders.changes(add, set, remove))
                    .set_condition_expression(placeholders.condition(when))
                    .set_expression_attribute_names(placeholders.names())
                    .set_expression_attribute_values(placeholders.values())
                    .return_values_on_condition_check_failure(OLD)
                    .build()?,
            ),
            Write::Delete { key, when } => part.delete(
                Delete::builder()
                    .table_name(&self.name)
                    .set_key(Some(item::key(key)))
                    .set_condition_expression(placeholders.condition(when))
                    .set_expression_attribute_names(placeholders.names())
                    .set_expression_attribute_values(placeholders.values())
                    .return_values_on_condition_check_failure(OLD)
                    .build()?,
            ),
            Write::Check { key, when } => part.condition_check(
                ConditionCheck::builder()
                    .table_name(&self.name)
                    .set_key(Some(item::key(key)))
                    .condition_expression(placeholders.check(when))
                    .set_expression_attribute_names(placeholders.names())
                    .set_expression_attribute_values(placeholders.values())
                    .return_values_on_condition_check_failure(OLD)
                    .build()?,
            ),
        };
        Ok(part.build())
    }
}

/// What the repetition says of the whole. A condition that failed under the same token proves that the first was not done;
/// anything less leaves it open.
fn settle(second: std::result::Result<(), Refused>) -> std::result::Result<(), Refused> {
    match second {
        Err(Refused::Error(error)) => Err(Refused::Error(error.with_status(Status::Unknown))),
        Err(Refused::Reasons(reasons)) if reasons.contains(&Reason::Busy) => {
            Err(Refused::Error(Error::new(ErrorKind::Timeout, "table.transact", "DynamoDB gave no usable answer in time")))
        }
        answer => answer,
    }
}

fn reason(reason: &CancellationReason) -> Result<Reason> {
    match reason.code().unwrap_or("None") {
        "None" => Ok(Reason::Fine),
        "ConditionalCheckFailed" => {
            // An emulator may answer an empty item where DynamoDB answers none.
            let old = reason.item().filter(|item| !item.is_empty());
            Ok(Reason::Condition(old.map(super::item::row).transpose()?))
        }
        "TransactionConflict" | "ThrottlingError" | "ProvisionedThroughputExceeded" => Ok(Reason::Busy),
        other => Err(Error::new(ErrorKind::Bug, "table.transact", "DynamoDB does not accept a write of the transaction")
            .with_detail(format!("{other}: {}", reason.message().unwrap_or_default()))),
    }
}
