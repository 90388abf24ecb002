//! How far a write has come.

/// How far a write has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Acknowledged {
    /// In force.
    Applied,
    /// Taken, not yet in force: ask for this status.
    Pending(String),
}

/// What became of each item of a write, in the order in which they were given: one bad item says nothing about those beside it. What went
/// wrong with all of them is an error of the call instead.
pub type Outcomes = Vec<crate::Result<Acknowledged>>;

/// Writes one item after the other, for a system that takes one at a time. Where only one is given, what went wrong with it went wrong with
/// the call: a refused token is renewed, a pause is heard.
pub async fn each<'w, T, F, A>(writes: &'w [T], write: F) -> crate::Result<Outcomes>
where
    F: Fn(&'w T) -> A + Send,
    T: Sync,
    A: Future<Output = crate::Result<Acknowledged>> + Send,
{
    if let [one] = writes {
        return Ok(vec![Ok(write(one).await?)]);
    }
    let mut outcomes = Outcomes::with_capacity(writes.len());
    for one in writes {
        outcomes.push(write(one).await);
    }
    Ok(outcomes)
}

/// What became of the only item of a write.
pub(super) fn only(outcomes: Outcomes) -> crate::Result<Acknowledged> {
    let unheard = || {
        let message = "the connector tells nothing of the item that was written";
        crate::Error::new(crate::ErrorKind::Protocol, "write", message).with_status(crate::Status::Unknown)
    };
    outcomes.into_iter().next().ok_or_else(unheard)?
}
