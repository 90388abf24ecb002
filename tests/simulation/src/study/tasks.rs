//! Everything that goes on in a world at once, as futures in virtual time: on one thread, always in the same order.

use super::time::Time;
use jiff::{SignedDuration, Timestamp};
use ports::Clock;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::task::{Context, Wake, Waker};

type Task = Pin<Box<dyn Future<Output = ()>>>;

/// All tasks of a world.
#[derive(Clone)]
pub(super) struct Tasks(Rc<Inner>);

struct Inner {
    time: Arc<Time>,
    ready: Arc<Ready>,
    tasks: RefCell<BTreeMap<u64, Task>>,
    started: Cell<u64>,
}

#[derive(Default)]
struct Ready(Mutex<VecDeque<u64>>);

struct Awake {
    id: u64,
    ready: Arc<Ready>,
}

impl Wake for Awake {
    fn wake(self: Arc<Self>) {
        self.ready.0.lock().unwrap().push_back(self.id);
    }
}

impl Tasks {
    /// None yet.
    pub(super) fn new(time: Arc<Time>) -> Self {
        Self(Rc::new(Inner { time, ready: Arc::default(), tasks: RefCell::default(), started: Cell::new(0) }))
    }

    /// Starts one; it makes its first step when whoever started it waits.
    pub(super) fn start(&self, task: impl Future<Output = ()> + 'static) {
        let id = self.0.started.get();
        self.0.started.set(id + 1);
        self.0.tasks.borrow_mut().insert(id, Box::pin(task));
        self.0.ready.0.lock().unwrap().push_back(id);
    }

    /// Lets all of them go on until that instant.
    pub(super) fn run_until(&self, end: Timestamp) {
        loop {
            let id = self.0.ready.0.lock().unwrap().pop_front();
            match id {
                Some(id) => self.step(id),
                None if self.0.time.jump(end) => {}
                None => return,
            }
        }
    }

    fn step(&self, id: u64) {
        // Out of the map while it runs, because it may start others.
        let Some(mut task) = self.0.tasks.borrow_mut().remove(&id) else { return };
        let waker = Waker::from(Arc::new(Awake { id, ready: Arc::clone(&self.0.ready) }));
        if task.as_mut().poll(&mut Context::from_waker(&waker)).is_pending() {
            self.0.tasks.borrow_mut().insert(id, task);
        }
    }

    /// Lets all of them go on until this one has ended, and answers what it came to.
    ///
    /// # Panics
    /// If that takes longer than a day.
    pub(super) fn finish<T: 'static>(&self, task: impl Future<Output = T> + 'static) -> T {
        let answer = Rc::new(Cell::new(None));
        let here = Rc::clone(&answer);
        self.start(async move { here.set(Some(task.await)) });
        let mut at = self.0.time.now();
        for _ in 0..86_400 {
            if let Some(answer) = answer.take() {
                return answer;
            }
            at = at.checked_add(SignedDuration::from_secs(1)).unwrap();
            self.run_until(at);
        }
        panic!("a task does not end");
    }

    /// Drops all of them: tasks hold what started them, and would keep each other alive for ever.
    pub(super) fn end(&self) {
        let tasks = std::mem::take(&mut *self.0.tasks.borrow_mut());
        drop(tasks);
    }
}
