//! The table on DynamoDB.
//!
//! Reads are repeated by the SDK. A single conditional write never is: repeating one whose answer was lost meets its own effect
//! and reports a refusal for what was done. A transaction is repeated once, under the same token, which DynamoDB recognises.

mod definition;
mod expression;
mod flaw;
mod item;
mod single;
mod transaction;

pub use definition::{create, definition};
#[cfg(feature = "embedded")]
pub(crate) use item::foreign;

use crate::clock::RandomIds;
use crate::failure::{Again, failure};
use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_config::retry::RetryConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::Builder;
use aws_sdk_dynamodb::types::AttributeValue;
use ports::{Error, ErrorKind, Key, Page, Refused, Result, Row, Table, Write};

/// The table of one merchant.
#[derive(Debug, Clone)]
pub struct DynamoTable {
    reads: Client,
    writes: Client,
    name: String,
    tokens: RandomIds,
}

impl DynamoTable {
    /// The table of this name.
    pub fn new(cloud: &SdkConfig, name: impl Into<String>) -> Self {
        let once = Builder::from(cloud).retry_config(RetryConfig::disabled()).build();
        Self { reads: Client::new(cloud), writes: Client::from_conf(once), name: name.into(), tokens: RandomIds::new() }
    }
}

#[async_trait]
impl Table for DynamoTable {
    async fn get(&self, key: &Key) -> Result<Option<Row>> {
        let call = self.reads.get_item().table_name(&self.name).set_key(Some(item::key(key))).consistent_read(true);
        let answer = call.send().await.map_err(|error| failure("table.get", Again::Harmless, &error))?;
        answer.item().map(item::row).transpose()
    }

    async fn query(&self, pk: &str, prefix: &str, from: Option<&Key>, limit: usize, newest_first: bool) -> Result<Page> {
        let mut call = self
            .reads
            .query()
            .table_name(&self.name)
            .consistent_read(true)
            .scan_index_forward(!newest_first)
            .limit(bound("table.query", limit)?)
            .expression_attribute_values(":pk", AttributeValue::S(pk.to_owned()))
            .set_exclusive_start_key(from.map(item::key));
        call = if prefix.is_empty() {
            call.key_condition_expression("pk = :pk")
        } else {
            call.key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
                .expression_attribute_values(":prefix", AttributeValue::S(prefix.to_owned()))
        };
        let answer = call.send().await.map_err(|error| failure("table.query", Again::Harmless, &error))?;
        let rows = answer.items().iter().map(item::row).collect::<Result<_>>()?;
        let next = answer.last_evaluated_key().map(item::row).transpose()?.map(|row| row.key);
        Ok(Page { rows, next })
    }

    async fn write(&self, write: Write) -> std::result::Result<Option<Row>, Refused> {
        if let Some(flaw) = flaw::of_write(&write) {
            return Err(flaw.into());
        }
        match write {
            Write::Put { row, when } => self.put(row, &when).await.map(Some),
            Write::Update { key, add, set, remove, when } => self.update(&key, &add, &set, &remove, &when).await.map(Some),
            Write::Delete { key, when } => self.delete(&key, &when).await.map(|()| None),
            check @ Write::Check { .. } => self.transact(vec![check]).await.map(|()| None),
        }
    }

    async fn transact(&self, writes: Vec<Write>) -> std::result::Result<(), Refused> {
        if writes.is_empty() {
            return Ok(());
        }
        if let Some(flaw) = flaw::of_transaction(&writes) {
            return Err(flaw.into());
        }
        self.commit(&writes).await
    }
}

pub(crate) fn bound(operation: &'static str, limit: usize) -> Result<i32> {
    match i32::try_from(limit) {
        Ok(limit) if limit > 0 => Ok(limit),
        _ => Err(Error::new(ErrorKind::Bug, operation, "a limit must be at least 1")),
    }
}
