//! What every channel must do alike. Each behaviour is a function over a subject; the tests run all of them over all channels.

mod listings;
mod orders;
mod paging;
mod refusals;
mod stock;
mod story;
mod subscriptions;
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
    orders::an_order_is_the_same_wherever_it_is_told,
    webhooks::a_flipped_bit_anywhere_is_refused,
    webhooks::a_delivery_without_its_signature_carries_nothing,
    webhooks::deliveries_doubled_late_reversed_or_lost_end_in_the_same_orders,
    subscriptions::a_subscription_is_made_kept_and_mended,
    stock::a_written_figure_is_read_back,
    stock::a_figure_beyond_the_largest_is_shown_as_the_largest,
    stock::a_stale_figure_is_declined_where_the_channel_compares,
    stock::a_write_that_was_applied_and_failed_is_unknown_and_read_back,
    stock::a_cancelled_order_returns_units_as_the_descriptor_says,
    refusals::too_many_calls_wait_and_others_go_on,
    refusals::a_lost_token_is_replaced,
    refusals::wrong_credentials_are_named,
    refusals::a_missing_credential_is_named,
    refusals::silence_is_a_timeout_and_a_silent_write_is_unknown,
    refusals::what_does_not_exist_is_refused_for_good,
    story::sold_cancelled_and_published_to_the_end,
}
