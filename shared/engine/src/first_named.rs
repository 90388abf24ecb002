//! Long lists in words for people.

/// What is named of a list; beyond, how many more there are.
const MOST_NAMED: usize = 10;

/// The first of them, and how many more there are: a reason is read by a person, and an order may have thousands of lines.
pub(crate) fn first_named(all: impl IntoIterator<Item = String>, between: &str) -> String {
    let mut all = all.into_iter();
    let mut named: Vec<String> = all.by_ref().take(MOST_NAMED).collect();
    let more = all.count();
    if more > 0 {
        named.push(format!("and {more} more"));
    }
    named.join(between)
}

#[cfg(test)]
mod tests {
    use super::first_named;

    #[test]
    fn the_first_ten_are_named_and_how_many_more_there_are() {
        let of = |count: usize| first_named((1..=count).map(|n| n.to_string()), ", ");
        assert_eq!(of(0), "");
        assert_eq!(of(10), "1, 2, 3, 4, 5, 6, 7, 8, 9, 10");
        assert_eq!(of(3000), "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, and 2990 more");
    }
}
