//! Every behaviour of the suite over every registered channel. The name of the behaviour is the name of the test.

#![expect(clippy::unwrap_used, reason = "a behaviour that is not listed fails its test")]

use conformance::bench::{Subject, every_channel};
use conformance::suite;
use std::panic::{AssertUnwindSafe, catch_unwind};
use testkit::planted::{Mistake, plant};

fn over_every_channel(name: &str) {
    let (_, behaviour) = suite::ALL.iter().find(|(known, _)| *known == name).unwrap();
    for channel in every_channel() {
        let subject = Subject::new(channel);
        println!("{name}: {}", channel.descriptor().id);
        behaviour(&subject);
        println!("  {} exchanges", subject.log.count());
    }
}

macro_rules! behaviours {
    ($($name:ident),* $(,)?) => {
        $(#[test]
        fn $name() {
            over_every_channel(stringify!($name));
        })*

        #[test]
        fn no_behaviour_is_left_out() {
            let tested: Vec<&str> = vec![$(stringify!($name)),*];
            assert_eq!(tested, suite::ALL.iter().map(|(name, _)| *name).collect::<Vec<_>>());
        }
    };
}

behaviours! {
    every_order_is_listed_over_several_pages,
    changes_between_pages_lose_nothing,
    an_empty_page_is_not_the_end,
    every_page_may_fail_once_and_nothing_is_lost,
    everything_on_sale_is_listed_once,
    the_list_shows_what_reading_shows,
    a_code_that_is_written_in_groups_is_the_same_code,
    an_order_is_the_same_wherever_it_is_told,
    an_order_says_to_which_country_it_goes,
    amounts_are_the_same_wherever_they_are_told_and_come_to_what_was_paid,
    who_bought_is_told_on_request_and_never_shown,
    an_odd_field_of_an_order_in_the_list_costs_that_order_at_most,
    an_odd_field_of_an_order_line_costs_that_line_at_most,
    an_odd_field_of_a_delivery_costs_that_line_at_most,
    an_odd_field_of_an_item_on_sale_costs_that_item_at_most,
    an_odd_field_of_a_return_costs_that_return_at_most,
    of_an_order_with_a_line_that_cannot_be_read_the_others_are_taken_in,
    a_signed_delivery_that_cannot_be_read_is_refused_with_a_reason,
    a_flipped_bit_anywhere_is_refused,
    a_delivery_without_its_signature_carries_nothing,
    what_nobody_signed_costs_no_call_and_what_is_forged_not_one_each,
    deliveries_doubled_late_reversed_or_lost_end_in_the_same_orders,
    a_subscription_is_made_kept_and_mended,
    a_written_figure_is_read_back,
    a_figure_beyond_the_largest_is_shown_as_the_largest,
    a_stale_figure_is_declined_where_the_channel_compares,
    a_write_that_was_applied_and_failed_is_unknown_and_read_back,
    a_cancelled_order_returns_units_as_the_descriptor_says,
    every_place_shows_its_own_units_and_a_transfer_moves_them,
    too_many_calls_wait_and_others_go_on,
    a_lost_token_is_replaced,
    wrong_credentials_are_named,
    a_missing_credential_is_named,
    silence_is_a_timeout_and_a_silent_write_is_unknown,
    what_does_not_exist_is_refused_for_good,
    a_404_that_is_not_the_channels_own_is_not_taken_for_gone,
    a_parcel_is_told_whole,
    parcels_are_told_one_by_one,
    a_parcel_told_again_is_there_once,
    more_than_was_ordered_is_never_sent,
    every_carrier_in_the_table_is_taken,
    a_parcel_of_unknown_outcome_is_looked_for,
    the_smallest_thing_to_cancel_is_as_the_descriptor_says,
    what_is_not_there_comes_back_on_sale_at_most_once,
    every_reason_to_cancel_can_be_told,
    a_request_to_cancel_is_a_question_until_it_is_answered,
    a_cancellation_of_unknown_outcome_is_looked_for,
    what_was_sent_cannot_be_cancelled,
    what_is_done_in_the_channels_own_screen_is_read,
    returns_wait_until_they_are_decided,
    all_returns_are_listed_and_a_failed_page_is_no_end,
    a_decision_nobody_asked_for_is_told_or_refused,
    a_decision_of_unknown_outcome_is_looked_for,
    an_invoice_is_with_its_shipment_and_is_known_then,
    an_invoice_of_unknown_outcome_is_looked_for,
    an_invoice_that_the_channel_does_not_like_is_refused_with_a_reason,
    right_credentials_are_known_to_be_right_and_looked_at_once_a_day,
    wrong_credentials_are_refused_and_others_looked_at_at_once,
    a_right_that_is_lacking_is_told_by_its_name,
    a_price_is_set_and_nothing_else,
    a_price_that_was_set_and_failed_is_unknown,
    three_bad_prices_of_a_batch_are_refused_alone,
    sold_cancelled_and_published_to_the_end,
}

#[test]
fn the_suite_notices_a_cursor_that_runs_ahead_of_its_pages() {
    let (_, behaviour) = suite::ALL.iter().find(|(name, _)| *name == "every_page_may_fail_once_and_nothing_is_lost").unwrap();
    for channel in every_channel() {
        plant(Some(Mistake::CursorBeforePage));
        let outcome = catch_unwind(AssertUnwindSafe(|| behaviour(&Subject::new(channel))));
        plant(None);
        assert!(outcome.is_err(), "{}: the mistake goes unnoticed", channel.descriptor().id);
    }
}

#[test]
fn a_channel_has_a_name_and_a_pace_and_its_kind_of_paging_can_end() {
    for channel in every_channel() {
        let descriptor = channel.descriptor();
        domain::ChannelId::new(descriptor.id).unwrap();
        assert!(!descriptor.title.is_empty() && !descriptor.credentials.is_empty(), "{}", descriptor.id);
        let paging = channel.orders().unwrap().descriptor().paging;
        assert!(paging.most_pages > 0 && paging.every_s > 0 && descriptor.calls_per_second > 0, "{}", descriptor.id);
        assert!(!paging.lag.is_negative() && paging.overlap > paging.lag, "{}: the overlap covers the lag", descriptor.id);
    }
}
