//! What runs in the background: all told to stop at once, and awaited.

use std::future::Future;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// After this long, what has not stopped by itself is cut off: a connection that is held open never would.
const PATIENCE: Duration = Duration::from_secs(3);

/// The tasks of one stack.
pub struct Tasks {
    set: JoinSet<()>,
    stop: watch::Sender<bool>,
}

impl Default for Tasks {
    fn default() -> Self {
        Self { set: JoinSet::new(), stop: watch::Sender::new(false) }
    }
}

impl Tasks {
    /// Starts one.
    pub fn start(&mut self, task: impl Future<Output = ()> + Send + 'static) {
        self.set.spawn(task);
    }

    /// Turns true when it is time to stop.
    pub fn stop(&self) -> watch::Receiver<bool> {
        self.stop.subscribe()
    }

    /// Stops all; batches begun are finished, as far as patience reaches.
    pub async fn end(mut self) {
        self.stop.send_replace(true);
        let all = async { while self.set.join_next().await.is_some() {} };
        if tokio::time::timeout(PATIENCE, all).await.is_err() {
            self.set.shutdown().await;
        }
    }
}
