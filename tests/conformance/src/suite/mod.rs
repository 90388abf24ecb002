//! What every channel must do alike. Each behaviour is a function over a subject; the tests run all of them over all channels.

mod buyers;
mod channel_locations;
mod checks;
mod invoices;
mod listings;
mod odd_fields;
mod odd_lines;
mod orders;
mod paging;
mod prices;
mod refusals;
mod returns;
mod stock;
mod story;
mod subscriptions;
mod unreadable;
mod updates;
mod webhooks;

use crate::bench::Subject;

/// A behaviour by its name.
pub type Behaviour = (&'static str, fn(&Subject));

macro_rules! behaviours {
    ($($module:ident::$name:ident),* $(,)?) => {
        /// All behaviours.
        pub const ALL: &[Behaviour] = &[$((stringify!($name), $module::$name)),*];
    };
}

behaviours! {
    paging::every_order_is_listed_over_several_pages,
    paging::changes_between_pages_lose_nothing,
    paging::an_empty_page_is_not_the_end,
    paging::every_page_may_fail_once_and_nothing_is_lost,
    listings::everything_on_sale_is_listed_once,
    listings::the_list_shows_what_reading_shows,
    listings::a_code_that_is_written_in_groups_is_the_same_code,
    orders::an_order_is_the_same_wherever_it_is_told,
    orders::an_order_says_to_which_country_it_goes,
    orders::amounts_are_the_same_wherever_they_are_told_and_come_to_what_was_paid,
    buyers::who_bought_is_told_on_request_and_never_shown,
    odd_fields::an_odd_field_of_an_order_in_the_list_costs_that_order_at_most,
    odd_fields::an_odd_field_of_an_order_line_costs_that_line_at_most,
    odd_fields::an_odd_field_of_a_delivery_costs_that_line_at_most,
    odd_fields::an_odd_field_of_an_item_on_sale_costs_that_item_at_most,
    odd_fields::an_odd_field_of_a_return_costs_that_return_at_most,
    odd_lines::of_an_order_with_a_line_that_cannot_be_read_the_others_are_taken_in,
    unreadable::a_signed_delivery_that_cannot_be_read_is_refused_with_a_reason,
    webhooks::a_flipped_bit_anywhere_is_refused,
    webhooks::a_delivery_without_its_signature_carries_nothing,
    webhooks::what_nobody_signed_costs_no_call_and_what_is_forged_not_one_each,
    webhooks::deliveries_doubled_late_reversed_or_lost_end_in_the_same_orders,
    subscriptions::a_subscription_is_made_kept_and_mended,
    stock::a_written_figure_is_read_back,
    stock::a_figure_beyond_the_largest_is_shown_as_the_largest,
    stock::a_stale_figure_is_declined_where_the_channel_compares,
    stock::a_write_that_was_applied_and_failed_is_unknown_and_read_back,
    stock::a_cancelled_order_returns_units_as_the_descriptor_says,
    channel_locations::every_place_shows_its_own_units_and_a_transfer_moves_them,
    refusals::too_many_calls_wait_and_others_go_on,
    refusals::a_lost_token_is_replaced,
    refusals::wrong_credentials_are_named,
    refusals::a_missing_credential_is_named,
    refusals::silence_is_a_timeout_and_a_silent_write_is_unknown,
    refusals::what_does_not_exist_is_refused_for_good,
    refusals::a_404_that_is_not_the_channels_own_is_not_taken_for_gone,
    updates::a_parcel_is_told_whole,
    updates::parcels_are_told_one_by_one,
    updates::a_parcel_told_again_is_there_once,
    updates::more_than_was_ordered_is_never_sent,
    updates::every_carrier_in_the_table_is_taken,
    updates::a_parcel_of_unknown_outcome_is_looked_for,
    updates::the_smallest_thing_to_cancel_is_as_the_descriptor_says,
    updates::what_is_not_there_comes_back_on_sale_at_most_once,
    updates::every_reason_to_cancel_can_be_told,
    updates::a_request_to_cancel_is_a_question_until_it_is_answered,
    updates::a_cancellation_of_unknown_outcome_is_looked_for,
    updates::what_was_sent_cannot_be_cancelled,
    updates::what_is_done_in_the_channels_own_screen_is_read,
    returns::returns_wait_until_they_are_decided,
    returns::all_returns_are_listed_and_a_failed_page_is_no_end,
    returns::a_decision_nobody_asked_for_is_told_or_refused,
    returns::a_decision_of_unknown_outcome_is_looked_for,
    invoices::an_invoice_is_with_its_shipment_and_is_known_then,
    invoices::an_invoice_of_unknown_outcome_is_looked_for,
    invoices::an_invoice_that_the_channel_does_not_like_is_refused_with_a_reason,
    checks::right_credentials_are_known_to_be_right_and_looked_at_once_a_day,
    checks::wrong_credentials_are_refused_and_others_looked_at_at_once,
    checks::a_right_that_is_lacking_is_told_by_its_name,
    prices::a_price_is_set_and_nothing_else,
    prices::a_price_that_was_set_and_failed_is_unknown,
    prices::three_bad_prices_of_a_batch_are_refused_alone,
    story::sold_cancelled_and_published_to_the_end,
}
