//! Documents in memory.

use super::lock;
use async_trait::async_trait;
use bytes::Bytes;
use ports::{Documents, Result};
use std::collections::BTreeMap;
use std::sync::Mutex;

/// Documents that last as long as the test.
#[derive(Debug, Default)]
pub struct MemoryDocuments(Mutex<BTreeMap<String, Bytes>>);

impl MemoryDocuments {
    /// All names, in their order.
    pub fn names(&self) -> Vec<String> {
        lock(&self.0).keys().cloned().collect()
    }

    /// Somebody writes over one, as the port does not let anybody; `None`: it is lost.
    pub fn spoil(&self, name: &str, bytes: Option<Bytes>) {
        let mut kept = lock(&self.0);
        match bytes {
            Some(bytes) => drop(kept.insert(name.to_owned(), bytes)),
            None => drop(kept.remove(name)),
        }
    }
}

#[async_trait]
impl Documents for MemoryDocuments {
    async fn put_once(&self, name: &str, _: &'static str, bytes: Bytes) -> Result<bool> {
        let mut kept = lock(&self.0);
        let is_new = !kept.contains_key(name);
        kept.entry(name.to_owned()).or_insert(bytes);
        Ok(is_new)
    }

    async fn get(&self, name: &str) -> Result<Option<Bytes>> {
        Ok(lock(&self.0).get(name).cloned())
    }
}
