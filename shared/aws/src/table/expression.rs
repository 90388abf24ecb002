//! Conditions and changes as DynamoDB writes them. Every name and value goes through a placeholder, so no attribute can clash
//! with one of DynamoDB's several hundred reserved words.

use super::item::attribute;
use aws_sdk_dynamodb::types::AttributeValue;
use ports::{Condition, Value};

/// True whatever the row is; for the one place where DynamoDB demands a condition.
const ALWAYS: &str = "attribute_exists(pk) OR attribute_not_exists(pk)";
/// True of no row.
const NEVER: &str = "attribute_exists(pk) AND attribute_not_exists(pk)";

/// The placeholders of one write, each attribute named once.
#[derive(Debug, Default)]
pub(super) struct Placeholders {
    names: Vec<String>,
    values: Vec<AttributeValue>,
}

impl Placeholders {
    /// The condition, or `None` where nothing need hold. DynamoDB refuses placeholders that are not used, so parts that do
    /// not matter are left out before any is given.
    pub(super) fn condition(&mut self, when: &Condition) -> Option<String> {
        match certain(when) {
            Some(true) => None,
            Some(false) => Some(NEVER.to_owned()),
            None => Some(self.clause(when)),
        }
    }

    /// As `condition`, for a check, which must have one.
    pub(super) fn check(&mut self, when: &Condition) -> String {
        self.condition(when).unwrap_or_else(|| ALWAYS.to_owned())
    }

    /// The changes; `ADD` counts a missing number as 0.
    pub(super) fn changes(&mut self, add: &[(String, i64)], set: &[(String, Value)], remove: &[String]) -> String {
        let add: Vec<_> =
            add.iter().map(|(name, by)| format!("{} {}", self.name(name), self.value(&Value::Number(*by)))).collect();
        let set: Vec<_> = set.iter().map(|(name, to)| format!("{} = {}", self.name(name), self.value(to))).collect();
        let remove: Vec<_> = remove.iter().map(|name| self.name(name)).collect();
        [("ADD", add), ("SET", set), ("REMOVE", remove)]
            .into_iter()
            .filter(|(_, parts)| !parts.is_empty())
            .map(|(verb, parts)| format!("{verb} {}", parts.join(", ")))
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// What the name placeholders stand for; `None` if there are none, as DynamoDB demands.
    pub(super) fn names<C: FromIterator<(String, String)>>(&self) -> Option<C> {
        (!self.names.is_empty()).then(|| self.names.iter().enumerate().map(|(n, name)| (format!("#{n}"), name.clone())).collect())
    }

    /// What the value placeholders stand for.
    pub(super) fn values<C: FromIterator<(String, AttributeValue)>>(&self) -> Option<C> {
        (!self.values.is_empty())
            .then(|| self.values.iter().enumerate().map(|(n, value)| (format!(":{n}"), value.clone())).collect())
    }

    /// Only for conditions that are not certain.
    fn clause(&mut self, when: &Condition) -> String {
        match when {
            Condition::Always => ALWAYS.to_owned(),
            Condition::Absent => "attribute_not_exists(pk)".to_owned(),
            Condition::Present => "attribute_exists(pk)".to_owned(),
            Condition::Is(name, value) => format!("{} = {}", self.name(name), self.value(value)),
            Condition::Lacks(name) => format!("attribute_not_exists({})", self.name(name)),
            Condition::AtLeast(name, least) => format!("{} >= {}", self.name(name), self.value(&Value::Number(*least))),
            Condition::AtMost(name, most) => format!("{} <= {}", self.name(name), self.value(&Value::Number(*most))),
            Condition::All(parts) => self.join(parts, " AND "),
            Condition::Any(parts) => self.join(parts, " OR "),
        }
    }

    /// The parts that are certain change nothing here: a true one of `Any` or a false one of `All` would make the whole certain.
    /// A part that is left alone gets no parentheses, because DynamoDB refuses redundant ones.
    fn join(&mut self, parts: &[Condition], word: &str) -> String {
        let clauses: Vec<_> = parts.iter().filter(|part| certain(part).is_none()).map(|part| self.clause(part)).collect();
        match clauses.as_slice() {
            [only] => only.clone(),
            several => several.iter().map(|clause| format!("({clause})")).collect::<Vec<_>>().join(word),
        }
    }

    fn name(&mut self, attribute: &str) -> String {
        let position = self.names.iter().position(|known| known == attribute).unwrap_or_else(|| {
            self.names.push(attribute.to_owned());
            self.names.len() - 1
        });
        format!("#{position}")
    }

    fn value(&mut self, value: &Value) -> String {
        self.values.push(attribute(value));
        format!(":{}", self.values.len() - 1)
    }
}

/// Whether a condition holds of every row, or of none; `None` if it depends on the row.
fn certain(when: &Condition) -> Option<bool> {
    match when {
        Condition::Always => Some(true),
        Condition::All(parts) => {
            let parts: Vec<_> = parts.iter().map(certain).collect();
            if parts.contains(&Some(false)) { Some(false) } else { parts.iter().all(|part| *part == Some(true)).then_some(true) }
        }
        Condition::Any(parts) => {
            let parts: Vec<_> = parts.iter().map(certain).collect();
            if parts.contains(&Some(true)) { Some(true) } else { parts.iter().all(|part| *part == Some(false)).then_some(false) }
        }
        Condition::Absent
        | Condition::Present
        | Condition::Is(..)
        | Condition::Lacks(_)
        | Condition::AtLeast(..)
        | Condition::AtMost(..) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attribute_used_twice_has_one_placeholder() {
        let mut placeholders = Placeholders::default();
        let condition = Condition::All(vec![Condition::AtLeast("n".into(), 2), Condition::Lacks("n".into())]);
        assert_eq!(placeholders.condition(&condition).as_deref(), Some("(#0 >= :0) AND (attribute_not_exists(#0))"));
        assert_eq!(placeholders.names::<Vec<_>>(), Some(vec![("#0".to_owned(), "n".to_owned())]));
    }

    #[test]
    fn parts_that_do_not_matter_leave_no_placeholder_behind() {
        let mut placeholders = Placeholders::default();
        let idle = Condition::Any(vec![Condition::Is("n".into(), Value::Number(1)), Condition::Always]);
        assert_eq!(placeholders.condition(&idle), None);
        let never = Condition::All(vec![Condition::Any(vec![]), Condition::Lacks("n".into())]);
        assert_eq!(placeholders.condition(&never).as_deref(), Some(NEVER));
        assert_eq!(placeholders.names::<Vec<_>>(), None);
        assert_eq!(placeholders.values::<Vec<_>>(), None);
    }

    #[test]
    fn one_part_alone_has_no_parentheses() {
        let mut placeholders = Placeholders::default();
        let nested = Condition::Any(vec![Condition::All(vec![Condition::Any(vec![Condition::Absent]), Condition::Always])]);
        assert_eq!(placeholders.condition(&nested).as_deref(), Some("attribute_not_exists(pk)"));
    }

    #[test]
    fn changes_come_in_one_expression() {
        let mut placeholders = Placeholders::default();
        let changes =
            placeholders.changes(&[("a".into(), -1)], &[("b".into(), Value::Text("x".into()))], &["c".into(), "d".into()]);
        assert_eq!(changes, "ADD #0 :0 SET #1 = :1 REMOVE #2, #3");
    }
}
