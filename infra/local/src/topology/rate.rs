//! Schedule expressions of the form `rate(5 minutes)`; the only form that the template uses.

use std::time::Duration;

/// Between two calls, or nothing if the text is no rate.
pub(super) fn read(text: &str) -> Option<Duration> {
    let inner = text.trim().strip_prefix("rate(")?.strip_suffix(')')?;
    let (count, unit) = inner.split_once(' ')?;
    let count: u64 = count.parse().ok().filter(|c| *c > 0)?;
    let seconds = match unit {
        "minute" | "minutes" => 60,
        "hour" | "hours" => 60 * 60,
        "day" | "days" => 24 * 60 * 60,
        _ => return None,
    };
    count.checked_mul(seconds).map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_a_whole_number_of_minutes_hours_or_days() {
        assert_eq!(read("rate(1 minute)"), Some(Duration::from_mins(1)));
        assert_eq!(read("rate(6 hours)"), Some(Duration::from_hours(6)));
        for wrong in ["rate(0 minutes)", "rate(5 seconds)", "cron(0 10 * * ? *)", "rate(5)", ""] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
