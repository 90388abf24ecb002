//! The differences that are known, and what a run does about those it finds.

use crate::Ports;
use crate::rows::{DriftCounts, DriftRow, DriftSubject, TypedRow};
use domain::{ConnectionId, DriftCase, DriftFound, DriftStatus, DriftStep, Sku};
use jiff::Timestamp;
use ports::{Condition, Key, Result, Write};
use std::collections::BTreeMap;

/// Differences that are kept by name at once. Where there are more, somebody changed a whole shop, or connected the wrong one.
const MOST: usize = 20_000;

/// What a run is about.
#[derive(Debug, Clone, Copy)]
pub(super) struct Now {
    /// Its number.
    pub(super) run: u64,
    /// UTC.
    pub(super) at: Timestamp,
}

/// The differences of one connection, or of our books.
#[derive(Debug, Default)]
pub(super) struct Cases {
    rows: BTreeMap<String, DriftRow>,
}

impl Cases {
    /// Those of a connection.
    pub(super) async fn load(world: &Ports, connection: &ConnectionId) -> Result<Self> {
        let mut cases = Self::default();
        for prefix in [DriftRow::listings(connection), DriftRow::orders(connection)] {
            cases.add(world, &prefix).await?;
        }
        Ok(cases)
    }

    /// Those of our books.
    pub(super) async fn books(world: &Ports) -> Result<Self> {
        let mut cases = Self::default();
        cases.add(world, DriftRow::BOOKS).await?;
        Ok(cases)
    }

    async fn add(&mut self, world: &Ports, prefix: &str) -> Result<()> {
        let mut from: Option<Key> = None;
        while self.rows.len() < MOST {
            let page = world.table.query(DriftRow::PARTITION, prefix, from.as_ref(), 500, false).await?;
            for row in &page.rows {
                self.rows.insert(row.key.sk.clone(), DriftRow::from_row(row)?);
            }
            from = page.next;
            if from.is_none() {
                break;
            }
        }
        Ok(())
    }

    /// Notes what was found, and answers whether it is to be repaired. Noted first: dying in between costs one try, and no difference is
    /// ever repaired without being counted.
    pub(super) async fn found(
        &mut self,
        world: &Ports,
        counts: &mut DriftCounts,
        subject: DriftSubject,
        sku: Option<&Sku>,
        found: &DriftFound,
        now: Now,
    ) -> Result<bool> {
        let key = DriftRow::key(&subject);
        let before = self.rows.get(&key.sk).map(|row| &row.case);
        let (case, repair) = match found.step(before, now.run, now.at) {
            DriftStep::Leave => {
                // Found before in this run, it was counted then.
                let counted = before.is_some_and(|case| case.run == now.run && case.cause == found.class);
                *counts.differences.entry(found.class).or_default() += u64::from(!counted);
                return Ok(false);
            }
            DriftStep::Repair(case) => (case, true),
            DriftStep::Settle(case) => (case, false),
        };
        *counts.differences.entry(found.class).or_default() += 1;
        if before.is_none() && self.rows.len() >= MOST {
            counts.too_many += 1;
            return Ok(false);
        }
        match case.status {
            DriftStatus::Repairing => counts.repaired += 1,
            DriftStatus::Explained => counts.explained += 1,
            DriftStatus::NeedsAttention => counts.parked += 1,
        }
        let row = DriftRow { subject, sku: sku.cloned(), case };
        world.write_if(Write::Put { row: row.to_row(), when: Condition::Always }).await?;
        self.rows.insert(key.sk, row);
        Ok(repair)
    }

    /// A difference that this run has dealt with, or of which all that can be done was done: nobody need look at it again.
    pub(super) fn dealt_with(&self, subject: &DriftSubject, run: u64) -> Option<&DriftCase> {
        let case = &self.rows.get(&DriftRow::key(subject).sk)?.case;
        (case.run == run || case.status != DriftStatus::Repairing).then_some(case)
    }

    /// Notes that nothing is wrong with it. One that was being repaired is forgotten by itself; what a person was asked to see, or what
    /// was explained, is taken back.
    pub(super) async fn right(&mut self, world: &Ports, counts: &mut DriftCounts, subject: &DriftSubject) -> Result<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let key = DriftRow::key(subject);
        if self.rows.get(&key.sk).is_some_and(|row| row.case.status != DriftStatus::Repairing) {
            counts.resolved += 1;
            self.rows.remove(&key.sk);
            world.write_if(Write::Delete { key, when: Condition::Always }).await?;
        }
        Ok(())
    }

    /// What is kept and stays until somebody looks.
    pub(super) fn standing(&self) -> Vec<DriftSubject> {
        let standing = self.rows.values().filter(|row| row.case.status != DriftStatus::Repairing);
        standing.map(|row| row.subject.clone()).collect()
    }
}
