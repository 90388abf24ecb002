//! The table on the embedded engine: written as on AWS, and read directly.

use super::reads::Readers;
use crate::table::{DynamoTable, bound, foreign};
use async_trait::async_trait;
use aws_config::SdkConfig;
use dynoxide::actions::get_item::GetItemRequest;
use dynoxide::actions::query::QueryRequest;
use dynoxide::{AttributeValue, Item};
use ports::{Key, Page, Refused, Result, Row, Table, Value, Write};
use std::sync::Arc;

/// A table of an engine in this process.
#[derive(Clone)]
pub struct EmbeddedTable {
    written: DynamoTable,
    readers: Arc<Readers>,
    name: String,
}

impl EmbeddedTable {
    pub(super) fn new(cloud: &SdkConfig, readers: Arc<Readers>, name: &str) -> Self {
        Self { written: DynamoTable::new(cloud, name), readers, name: name.to_owned() }
    }
}

#[async_trait]
impl Table for EmbeddedTable {
    async fn get(&self, key: &Key) -> Result<Option<Row>> {
        let asked = GetItemRequest { table_name: self.name.clone(), key: item(key), ..GetItemRequest::default() };
        let answer = self.readers.read("table.get", move |database| database.get_item(asked)).await?;
        answer.item.map(row).transpose()
    }

    async fn query(&self, pk: &str, prefix: &str, from: Option<&Key>, limit: usize, newest_first: bool) -> Result<Page> {
        bound("table.query", limit)?;
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let mut values = Item::from([(":pk".to_owned(), text(pk))]);
        let mut condition = "pk = :pk".to_owned();
        if !prefix.is_empty() {
            condition.push_str(" AND begins_with(sk, :prefix)");
            values.insert(":prefix".to_owned(), text(prefix));
        }
        let asked = QueryRequest {
            table_name: self.name.clone(),
            key_condition_expression: Some(condition),
            expression_attribute_values: Some(values),
            scan_index_forward: !newest_first,
            limit: Some(limit),
            exclusive_start_key: from.map(item),
            ..QueryRequest::default()
        };
        let answer = self.readers.read("table.query", move |database| database.query(asked)).await?;
        let rows = answer.items.unwrap_or_default().into_iter().map(row).collect::<Result<_>>()?;
        let next = answer.last_evaluated_key.map(row).transpose()?.map(|row| row.key);
        Ok(Page { rows, next })
    }

    async fn write(&self, write: Write) -> std::result::Result<Option<Row>, Refused> {
        self.written.write(write).await
    }

    async fn transact(&self, writes: Vec<Write>) -> std::result::Result<(), Refused> {
        self.written.transact(writes).await
    }

    fn most_writes(&self) -> usize {
        self.written.most_writes()
    }
}

fn item(key: &Key) -> Item {
    [("pk", &key.pk), ("sk", &key.sk)]
        .into_iter()
        .map(|(name, part)| (name.to_owned(), AttributeValue::S(part.clone())))
        .collect()
}

fn row(item: Item) -> Result<Row> {
    let mut row = Row::new(Key::new("", ""));
    for (name, value) in item {
        match (name.as_str(), value) {
            ("pk", AttributeValue::S(part)) => row.key.pk = part,
            ("sk", AttributeValue::S(part)) => row.key.sk = part,
            (_, AttributeValue::S(text)) => drop(row.attributes.insert(name, Value::Text(text))),
            (_, AttributeValue::N(number)) => {
                let number = number.parse().map_err(|_| foreign(&name, "a number beyond 64 bits"))?;
                row.attributes.insert(name, Value::Number(number));
            }
            _ => return Err(foreign(&name, "neither a text nor a number")),
        }
    }
    Ok(row)
}
