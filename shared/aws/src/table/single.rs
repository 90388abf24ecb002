//! One row at a time: `PutItem`, `UpdateItem`, `DeleteItem`.

use super::expression::Placeholders;
use super::{DynamoTable, item};
use crate::failure::{Again, failure};
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::error::ConditionalCheckFailedException;
use aws_sdk_dynamodb::types::{ReturnValue, ReturnValuesOnConditionCheckFailure};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use ports::{Condition, Error, ErrorKind, Key, Reason, Refused, Row, Value};

/// So that a refusal says what stands in the way.
const OLD: ReturnValuesOnConditionCheckFailure = ReturnValuesOnConditionCheckFailure::AllOld;

impl DynamoTable {
    pub(super) async fn put(&self, row: Row, when: &Condition) -> Result<Row, Refused> {
        let mut placeholders = Placeholders::default();
        self.writes
            .put_item()
            .table_name(&self.name)
            .set_item(Some(item::item(&row)))
            .set_condition_expression(placeholders.condition(when))
            .set_expression_attribute_names(placeholders.names())
            .set_expression_attribute_values(placeholders.values())
            .return_values_on_condition_check_failure(OLD)
            .send()
            .await
            .map_err(|error| {
                refused("table.put", &error, |e| match e {
                    PutItemError::ConditionalCheckFailedException(failed) => Some(failed),
                    _ => None,
                })
            })?;
        Ok(row)
    }

    pub(super) async fn update(
        &self,
        key: &Key,
        add: &[(String, i64)],
        set: &[(String, Value)],
        remove: &[String],
        when: &Condition,
    ) -> Result<Row, Refused> {
        let mut placeholders = Placeholders::default();
        let answer = self
            .writes
            .update_item()
            .table_name(&self.name)
            .set_key(Some(item::key(key)))
            .update_expression(placeholders.changes(add, set, remove))
            .set_condition_expression(placeholders.condition(when))
            .set_expression_attribute_names(placeholders.names())
            .set_expression_attribute_values(placeholders.values())
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(OLD)
            .send()
            .await
            .map_err(|error| {
                refused("table.update", &error, |e| match e {
                    UpdateItemError::ConditionalCheckFailedException(failed) => Some(failed),
                    _ => None,
                })
            })?;
        let Some(after) = answer.attributes() else {
            return Err(
                Error::new(ErrorKind::Protocol, "table.update", "DynamoDB did not answer the row it was asked for").into()
            );
        };
        Ok(item::row(after)?)
    }

    pub(super) async fn delete(&self, key: &Key, when: &Condition) -> Result<(), Refused> {
        let mut placeholders = Placeholders::default();
        self.writes
            .delete_item()
            .table_name(&self.name)
            .set_key(Some(item::key(key)))
            .set_condition_expression(placeholders.condition(when))
            .set_expression_attribute_names(placeholders.names())
            .set_expression_attribute_values(placeholders.values())
            .return_values_on_condition_check_failure(OLD)
            .send()
            .await
            .map_err(|error| {
                refused("table.delete", &error, |e| match e {
                    DeleteItemError::ConditionalCheckFailedException(failed) => Some(failed),
                    _ => None,
                })
            })?;
        Ok(())
    }
}

/// A refusal by the row, by a transaction that holds it, or an error of another kind.
fn refused<E>(
    operation: &'static str,
    error: &SdkError<E, HttpResponse>,
    condition: impl Fn(&E) -> Option<&ConditionalCheckFailedException>,
) -> Refused
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    if let Some(failed) = error.as_service_error().and_then(condition) {
        return match failed.item().map(item::row).transpose() {
            Ok(old) => Refused::Reasons(vec![Reason::Condition(old)]),
            Err(error) => Refused::Error(error),
        };
    }
    if error.code() == Some("TransactionConflictException") {
        return Refused::Reasons(vec![Reason::Busy]);
    }
    Refused::Error(failure(operation, Again::Matters, error))
}
