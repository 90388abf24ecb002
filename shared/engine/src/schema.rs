//! The table says in which version its rows are. A Sluis that knows only earlier ones keeps its hands off; one that finds an earlier one
//! brings it up to its own, step by step, before it works with it.
//!
//! A step rewrites rows; done twice it changes nothing, so one that was cut off is done again. Between two versions both forms can be read: a
//! deployment replaces functions one by one, and only then are rows rewritten (`sluis apply`).

use crate::Ports;
use crate::rows::{ParkedRow, SchemaRow, TypedRow};
use ports::{Condition, Error, ErrorKind, Result, Value, Write};
use std::pin::Pin;

/// A step: from the version that is its place among the others to the next.
type Step = for<'w> fn(&'w Ports) -> Pin<Box<dyn Future<Output = Result<()>> + Send + 'w>>;

/// All of them. The version of the rows that this Sluis writes is how many there are.
const STEPS: &[Step] = &[|world| Box::pin(name_parked_things(world))];

/// Refuses a table of a later version: `Configuration`.
pub async fn check_schema(world: &Ports) -> Result<()> {
    known(world, STEPS).await.map(drop)
}

/// Brings the table up to this version. Answers from which; none: it is of this version already.
pub async fn bring_up_schema(world: &Ports) -> Result<Option<i64>> {
    bring_up(world, STEPS).await
}

/// What the table says, if this is not later than what the last step leads to. One that says nothing is from before versions were kept, or
/// holds nothing yet.
async fn known(world: &Ports, steps: &[Step]) -> Result<Option<SchemaRow>> {
    let found: Option<SchemaRow> = world.get(&SchemaRow::key()).await?;
    let newest = i64::try_from(steps.len()).unwrap_or(i64::MAX);
    match found {
        Some(SchemaRow { version }) if version > newest => {
            let message = format!(
                "the table was written by a later Sluis (version {version} of its rows; this one knows {newest}); install that one again, or \
                 go back to a backup from before it: docs/guides/restore.md"
            );
            Err(Error::new(ErrorKind::Configuration, "schema", message))
        }
        found => Ok(found),
    }
}

async fn bring_up(world: &Ports, steps: &[Step]) -> Result<Option<i64>> {
    let found = known(world, steps).await?;
    let from = found.map_or(0, |row| row.version);
    let mut stands = found;
    for (step, to) in steps.iter().zip(1..).skip(usize::try_from(from).unwrap_or(0)) {
        step(world).await?;
        // Two that do it at once did the same; who comes second goes on.
        let when = stands.map_or(Condition::Absent, |row| Condition::Is("version".into(), Value::Number(row.version)));
        let next = SchemaRow { version: to };
        world.write_if(Write::Put { row: next.to_row(), when }).await?;
        stands = Some(next);
    }
    Ok((stands != found).then_some(from))
}

/// 1: what is parked has an id that names the problem, and says what it is about.
async fn name_parked_things(world: &Ports) -> Result<()> {
    let mut from = None;
    loop {
        let page = world.table.query(ParkedRow::PARTITION, "", from.as_ref(), 500, false).await?;
        for row in page.rows.iter().filter(|row| row.get_text("subject").is_none()) {
            // One that cannot be read stays for the list to name.
            if let Ok(parked) = ParkedRow::from_row(row) {
                world.write_if(Write::Put { row: parked.to_row(), when: Condition::Present }).await?;
            }
        }
        match page.next {
            Some(next) => from = Some(next),
            None => return Ok(()),
        }
    }
}
