//! The sales channels: one folder each, and this registry. Adding one is a folder and a line (`docs/guides/add-a-channel.md`).

#[cfg(feature = "far-side")]
pub mod far_side;
pub mod lenient;
pub mod objects;
pub mod wire_text;

macro_rules! channels {
    ($($module:ident => $connector:ident),* $(,)?) => {
        $(pub mod $module;)*

        /// Every connector of this build, by the name it gives itself.
        #[derive(Debug, Default, Clone, Copy)]
        pub struct Registry;

        impl ports::Channels for Registry {
            fn get(&self, channel: &domain::ChannelId) -> Option<&dyn ports::Channel> {
                self.all().into_iter().find(|c| c.descriptor().id == channel.as_str())
            }

            fn all(&self) -> Vec<&dyn ports::Channel> {
                vec![$(&$module::$connector),*]
            }
        }

        /// A simulator of the channel's far side, by the channel's name.
        #[cfg(feature = "far-side")]
        pub fn simulator(channel: &domain::ChannelId, setup: far_side::Setup) -> Option<Box<dyn far_side::FarSide>> {
            $(if ports::Channel::descriptor(&$module::$connector).id == channel.as_str() {
                return Some(Box::new($module::sim::Simulator::new(setup)));
            })*
            None
        }
    };
}

channels! {
    bol => Bol,
    shopify => Shopify,
    woocommerce => WooCommerce,
}
