//! Reading and writing typed rows through the table's port.

use super::TypedRow;
use crate::Ports;
use crate::planted::{Mistake, planted};
use ports::{Error, ErrorKind, Key, Reason, Refused, Result, Write};

impl Ports {
    /// Reads one row of a kind, as it is to be believed now.
    pub async fn get<R: TypedRow>(&self, key: &Key) -> Result<Option<R>> {
        let row = self.table.get(key).await?.map(|row| R::from_row(&row)).transpose()?;
        Ok(row.map(|row| self.believed(row)))
    }

    fn believed<R: TypedRow>(&self, row: R) -> R {
        if planted(Mistake::BeyondNowBelieved) { row } else { row.believed_at(self.clock.now()) }
    }

    /// Reads all rows of a kind in a partition, page by page.
    pub async fn all<R: TypedRow>(&self, pk: &str, prefix: &str) -> Result<Vec<R>> {
        let mut found = Vec::new();
        let mut from = None;
        loop {
            let page = self.table.query(pk, prefix, from.as_ref(), 500, false).await?;
            for row in &page.rows {
                found.push(self.believed(R::from_row(row)?));
            }
            match page.next {
                Some(next) => from = Some(next),
                None => return Ok(found),
            }
        }
    }

    /// Writes without telling a refusal from success: for rows where losing a race is as good as winning it.
    pub async fn write_if(&self, write: Write) -> Result<bool> {
        match self.table.write(write).await {
            Ok(_) => Ok(true),
            Err(Refused::Reasons(reasons)) => lost(&reasons).map(|()| false),
            Err(Refused::Error(error)) => Err(error),
        }
    }
}

/// That a write was refused because somebody else was first; an error if it only came at a bad time, for then nobody wrote.
pub(crate) fn lost(reasons: &[Reason]) -> Result<()> {
    if reasons.contains(&Reason::Busy) {
        return Err(Error::new(ErrorKind::Conflict, "write", "the row is busy; try again"));
    }
    Ok(())
}
