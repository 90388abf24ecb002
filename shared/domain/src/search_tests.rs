//! Whatever something is called, it is found by any beginning of that.

use super::*;
use crate::{Ean, Sku};
use proptest::prelude::*;

fn product(sku: &str, title: &str) -> Product {
    Product {
        sku: Sku::new(sku).unwrap(),
        ean: Some(Ean::new("8712345678906").unwrap()),
        title: title.to_owned(),
        variant: String::new(),
    }
}

#[test]
fn punctuation_spaces_and_capitals_make_no_difference() {
    for (one, other) in [("#1009", "1009"), ("3S KADE-001", "3skade001"), ("MUG 12/BLUE", "mug12blue")] {
        assert_eq!(term(one), term(other));
    }
    assert_eq!(term("--/ "), "");
    assert_eq!(words("Mok, blauw (12 cl)").into_iter().collect::<Vec<_>>(), ["12", "blauw", "cl", "mok"]);
}

#[test]
fn what_is_short_is_found_whole_and_what_is_longer_by_its_beginning() {
    assert!(finds("7", "7") && !finds("7", "71") && !finds("71", "712"));
    assert!(finds("712", "7123") && finds("712", "712") && !finds("712", "71"));
}

#[test]
fn a_product_is_found_by_its_code_its_parts_its_ean_and_its_words() {
    let terms = product_terms(&product("MUG 12/BLUE", "Mok blauw"));
    for known in ["mug12blue", "mug", "12", "blue", "8712345678906", "mok", "blauw"] {
        assert!(terms.contains(known), "{known}: {terms:?}");
    }
}

proptest! {
    #[test]
    fn a_term_is_a_term_of_itself(text in "\\PC{0,60}") {
        let once = term(&text);
        prop_assert_eq!(&term(&once), &once);
        prop_assert!(once.chars().count() <= LONGEST);
        prop_assert!(!once.contains(' '));
    }

    #[test]
    fn every_beginning_of_a_word_finds_the_product_where_its_term_lies(
        sku in "[A-Za-z0-9][A-Za-z0-9 /#_-]{0,20}[A-Za-z0-9]", title in "\\PC{0,80}", cut in 3usize..30, typed_loud in any::<bool>(),
    ) {
        let terms = product_terms(&product(&sku, &title));
        prop_assert!(terms.len() <= MOST_TERMS);
        for known in &terms {
            let beginning: String = known.chars().take(cut).collect();
            let typed = if typed_loud { beginning.to_ascii_uppercase() } else { beginning.clone() };
            let asked = term(&typed);
            prop_assert_eq!(&asked, &beginning);
            prop_assert!(finds(&asked, known));
            prop_assert_eq!(bucket(&asked), bucket(known));
        }
        prop_assert!(terms.contains(&term(&sku)));
    }
}
