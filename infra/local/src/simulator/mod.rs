//! The far side: simulated shops on loopback ports, whose customers, faults and webhooks behave as the channel's would.

mod back_office;
mod doors;
mod post;
mod server;
mod shop;
mod trouble;
mod vies;

pub use back_office::open_back_office;
pub use post::deliver;
pub use server::serve;
pub use shop::Shop;
pub use trouble::{TroubleKind, TroubleOrder};
pub use vies::open_vies;

use crate::tasks::Tasks;
use ports::{Clock, Error, ErrorKind, Http, Result};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;

/// Serves shops at the addresses that they have, and delivers their webhooks.
pub async fn open_street(shops: &[Arc<Shop>], http: &Arc<dyn Http>, clock: &Arc<dyn Clock>, tasks: &mut Tasks) -> Result<()> {
    let mut ports: BTreeMap<SocketAddr, Vec<Arc<Shop>>> = BTreeMap::new();
    for shop in shops {
        let url = url::Url::parse(&shop.base_url).ok();
        let address = url.as_ref().and_then(url::Url::port).map(|port| SocketAddr::from(([127, 0, 0, 1], port)));
        let address = address.ok_or_else(|| {
            let message =
                format!("connection {}: `base_url` needs a port of this machine: http://127.0.0.1:9001", shop.connection);
            Error::new(ErrorKind::Configuration, "simulator", message)
        })?;
        ports.entry(address).or_default().push(Arc::clone(shop));
    }
    for (address, shops) in ports {
        let listener = TcpListener::bind(address).await.map_err(|error| {
            let message = format!("port {} cannot be had: {error}; end whatever has it, or change `base_url`", address.port());
            Error::new(ErrorKind::Configuration, "simulator", message)
        })?;
        open_on(listener, shops, http, clock, tasks);
    }
    Ok(())
}

/// Serves shops on a port that is held already.
pub fn open_on(listener: TcpListener, shops: Vec<Arc<Shop>>, http: &Arc<dyn Http>, clock: &Arc<dyn Clock>, tasks: &mut Tasks) {
    for shop in &shops {
        tasks.start(deliver(Arc::clone(shop), Arc::clone(http), Arc::clone(clock), tasks.stop()));
    }
    tasks.start(serve(listener, shops, Arc::clone(clock), tasks.stop()));
}
