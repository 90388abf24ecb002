//! Amounts as people here write them.

use crate::reader::Reader;
use crate::texts::Language;
use domain::Money;

impl Reader {
    /// An amount with its currency.
    pub(crate) fn money(&self, money: &Money) -> String {
        let text = money.amount.to_string();
        let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
        let (sign, whole) = whole.strip_prefix('-').map_or(("", whole), |whole| ("-", whole));
        let whole = whole.parse().map_or_else(|_| whole.to_owned(), |whole| self.number(whole));
        let currency = match money.currency.as_str() {
            "EUR" => "€",
            other => other,
        };
        match self.language {
            Language::Dutch => format!("{currency} {sign}{whole},{part:0<2}"),
            Language::English => format!("{sign}{currency} {whole}.{part:0<2}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::sample::reader;
    use crate::texts::Language;

    #[test]
    fn an_amount_is_exact_and_written_as_here() {
        let money = |text: &str| serde_json::from_value(serde_json::json!({ "amount": text, "currency": "EUR" })).unwrap();
        let dutch = |text| reader(Language::Dutch).money(&money(text));
        assert_eq!((dutch("1234.5"), dutch("-0.95")), ("€ 1.234,50".to_owned(), "€ -0,95".to_owned()));
        assert_eq!(reader(Language::English).money(&money("1234.567")), "€ 1,234.567");
    }
}
