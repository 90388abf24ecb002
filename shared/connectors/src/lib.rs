//! The connected systems, sales channels and back office: one folder each, and this registry. Adding one is a folder and a line
//! (`docs/guides/add-a-connector.md`).

pub mod amounts;
pub mod buyers;
#[cfg(test)]
mod canned;
pub mod lenient;
pub mod objects;
#[cfg(feature = "simulator")]
pub mod simulated_back_office;
#[cfg(feature = "simulator")]
pub mod simulated_channel;
pub mod vat_numbers;
pub mod wire_text;

macro_rules! connectors {
    (channels { $($module:ident => $connector:ident),* $(,)? } back_office { $($office:ident => $system:ident),* $(,)? }) => {
        $(pub mod $module;)*
        $(pub mod $office;)*

        /// Every connector of this build, by the name it gives itself.
        #[derive(Debug, Default, Clone, Copy)]
        pub struct Registry;

        impl ports::Connectors for Registry {
            fn get(&self, channel: &domain::ChannelId) -> Option<&dyn ports::Connector> {
                self.all().into_iter().chain(self.back_office()).find(|c| c.descriptor().id == channel.as_str())
            }

            fn all(&self) -> Vec<&dyn ports::Connector> {
                vec![$(&$module::$connector),*]
            }

            fn back_office(&self) -> Vec<&dyn ports::Connector> {
                vec![$(&$office::$system),*]
            }

            fn vat_numbers(&self) -> Option<&dyn ports::VatNumbers> {
                Some(&vat_numbers::Vies)
            }
        }

        /// A simulator of the channel's far side, by the channel's name.
        #[cfg(feature = "simulator")]
        pub fn simulator(channel: &domain::ChannelId, setup: simulated_channel::Setup) -> Option<Box<dyn simulated_channel::SimulatedChannel>> {
            $(if ports::Connector::descriptor(&$module::$connector).id == channel.as_str() {
                return Some(Box::new($module::sim::Simulator::new(setup)));
            })*
            None
        }

        /// A simulator of a back-office system, by its name.
        #[cfg(feature = "simulator")]
        pub fn simulated_back_office(
            system: &domain::ChannelId,
            setup: simulated_back_office::Setup,
        ) -> Option<Box<dyn simulated_back_office::SimulatedBackOffice>> {
            $(if ports::Connector::descriptor(&$office::$system).id == system.as_str() {
                return Some(Box::new($office::sim::Simulator::new(setup)));
            })*
            None
        }
    };
}

connectors! {
    channels {
        bol => Bol,
        shopify => Shopify,
        woocommerce => WooCommerce,
        mirakl => Mirakl,
        amazon => Amazon,
        shopware => Shopware,
    }
    back_office {
        exact_online => ExactOnline,
    }
}
