//! A device on a wire: answers the kernel's transfers, and fails at the byte it is told to.

use std::collections::VecDeque;
use std::io::Write as _;
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::device::{Answer, Common, Device, Setup};
use crate::wire::{Reply, Request, Submit};

const EPIPE: i32 = -32;
const ECONNRESET: i32 = -104;
/// Bit 7 of an endpoint's address: to the host.
const IN: u8 = 0x80;

/// What goes wrong with the bytes the host sends, control transfers apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// Once so many bytes are taken the next transfer is refused, and its endpoint halts; after that all is well.
    pub stall_after: Option<u64>,
    /// Transfers wait once so many bytes are taken: a full buffer, a printer off line. Whole transfers count, for USB/IP
    /// can't say that a transfer it took back was half done.
    pub nak_after: Option<u64>,
    /// The cable is pulled when so many bytes are taken, be it amid a transfer.
    pub cut_after: Option<u64>,
    pub bytes_per_second: Option<u64>,
}

/// A device and its end of the wire.
pub struct Port<D: Device> {
    shared: Arc<Shared<D>>,
    server: Option<JoinHandle<()>>,
}

struct Shared<D> {
    state: Mutex<State<D>>,
}

struct State<D> {
    device: D,
    faults: Faults,
    common: Common,
    waiting: VecDeque<Waiting>,
    /// Bytes of the host since the faults were set.
    taken: u64,
    /// Transfers the host took back.
    unlinks: u32,
    /// A slow device is ready again then.
    ready_at: Instant,
    wire: UnixStream,
    cut: bool,
}

struct Waiting {
    submit: Submit,
    not_before: Option<Instant>,
}

impl<D: Device> Port<D> {
    /// Serves until the wire is cut from either side.
    pub fn serve(device: D, wire: UnixStream) -> Port<D> {
        let mut from = wire.try_clone().expect("a descriptor can be doubled");
        let state = State {
            device,
            faults: Faults::default(),
            common: Common::default(),
            waiting: VecDeque::new(),
            taken: 0,
            unlinks: 0,
            ready_at: Instant::now(),
            wire,
            cut: false,
        };
        let shared = Arc::new(Shared { state: Mutex::new(state) });
        let serving = shared.clone();
        let server = thread::spawn(move || {
            while let Ok(Some(request)) = Request::read(&mut from) {
                Shared::handle(&serving, request);
            }
            serving.lock().cut();
        });
        Port { shared, server: Some(server) }
    }

    /// Looks at the device, or changes it; what waited is tried again.
    pub fn with<T>(&self, act: impl FnOnce(&mut D) -> T) -> T {
        let mut state = self.shared.lock();
        let result = act(&mut state.device);
        Shared::retry(&self.shared, &mut state);
        result
    }

    /// Counting for the new faults starts at nought.
    pub fn fail(&self, faults: Faults) {
        let mut state = self.shared.lock();
        state.faults = faults;
        state.taken = 0;
        Shared::retry(&self.shared, &mut state);
    }

    /// How many transfers the host took back.
    pub fn unlinks(&self) -> u32 {
        self.shared.lock().unlinks
    }

    /// Is the cable pulled?
    pub fn is_cut(&self) -> bool {
        self.shared.lock().cut
    }

    pub fn unplug(&self) {
        self.shared.lock().cut();
    }
}

impl<D: Device> Drop for Port<D> {
    fn drop(&mut self) {
        self.unplug();
        if let Some(server) = self.server.take() {
            let _ = server.join();
        }
    }
}

impl<D: Device> Shared<D> {
    fn lock(&self) -> MutexGuard<'_, State<D>> {
        // A failed case must not hide behind a poisoned lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn handle(shared: &Arc<Self>, request: Request) {
        let mut state = shared.lock();
        match request {
            Request::Submit(submit) => {
                let not_before = state.pace(&submit);
                state.waiting.push_back(Waiting { submit, not_before });
                Shared::retry(shared, &mut state);
            }
            Request::Unlink { seq, victim } => {
                let before = state.waiting.len();
                state.waiting.retain(|waiting| waiting.submit.seq != victim);
                let pending = state.waiting.len() < before;
                state.unlinks += u32::from(pending);
                state.reply(Reply::Unlinked { seq, status: if pending { ECONNRESET } else { 0 } });
            }
        }
    }

    /// Answers whatever can be answered now, each endpoint in its order.
    fn retry(shared: &Arc<Self>, state: &mut State<D>) {
        let (mut blocked, mut index) = (Vec::new(), 0);
        while index < state.waiting.len() && !state.cut {
            let Waiting { submit, not_before } = &state.waiting[index];
            let address = submit.endpoint | if submit.input { IN } else { 0 };
            let pause = not_before.map_or(Duration::ZERO, |at| at.saturating_duration_since(Instant::now()));
            if !pause.is_zero() && !blocked.contains(&address) {
                let again = shared.clone();
                thread::spawn(move || {
                    thread::sleep(pause);
                    let mut state = again.lock();
                    Shared::retry(&again, &mut state);
                });
            }
            if !pause.is_zero() || blocked.contains(&address) {
                blocked.push(address);
                index += 1;
                continue;
            }
            let submit = submit.clone();
            match state.answer(&submit, address) {
                Some(reply) => {
                    state.waiting.remove(index);
                    state.reply(reply);
                    // What came in may have answered an older question: look at all of them again.
                    (index, blocked) = (0, Vec::new());
                }
                None => {
                    blocked.push(address);
                    index += 1;
                }
            }
        }
    }
}

impl<D: Device> State<D> {
    /// `None`: it waits, or the cable is pulled.
    fn answer(&mut self, submit: &Submit, address: u8) -> Option<Reply> {
        let answer = match (submit.endpoint, submit.input) {
            (0, _) => {
                let setup = Setup::parse(&submit.setup);
                let descriptors = self.device.descriptors();
                let common = self.common.control(&descriptors, setup);
                common.unwrap_or_else(|| self.device.control(setup, &submit.data))
            }
            _ if self.common.is_halted(address) => Answer::Stall,
            (endpoint, true) => self.device.give(endpoint, submit.length as usize),
            (endpoint, false) => self.take(endpoint, &submit.data),
        };
        let done = |status, actual, data| Some(Reply::Done { seq: submit.seq, status, actual, data });
        match answer {
            Answer::Nak => None,
            Answer::Taken => done(0, submit.data.len() as u32, Vec::new()),
            Answer::Data(mut data) => {
                data.truncate(submit.length as usize);
                done(0, data.len() as u32, data)
            }
            Answer::Stall => {
                // A control endpoint's stall ends with the transfer.
                if submit.endpoint != 0 {
                    self.common.halt(address);
                }
                done(EPIPE, 0, Vec::new())
            }
        }
    }

    fn take(&mut self, endpoint: u8, data: &[u8]) -> Answer {
        if self.faults.stall_after.is_some_and(|most| self.taken >= most) {
            self.faults.stall_after = None;
            return Answer::Stall;
        }
        if self.faults.nak_after.is_some_and(|most| self.taken >= most) {
            return Answer::Nak;
        }
        let room = self.faults.cut_after.map_or(u64::MAX, |at| at.saturating_sub(self.taken));
        if data.len() as u64 >= room {
            self.device.take(endpoint, &data[..room as usize]);
            self.cut();
            return Answer::Nak;
        }
        let answer = self.device.take(endpoint, data);
        if answer == Answer::Taken {
            self.taken += data.len() as u64;
        }
        answer
    }

    fn pace(&mut self, submit: &Submit) -> Option<Instant> {
        let rate = self.faults.bytes_per_second.filter(|_| submit.endpoint != 0 && !submit.input)?;
        let needed = Duration::from_secs_f64(submit.data.len() as f64 / rate as f64);
        self.ready_at = self.ready_at.max(Instant::now()) + needed;
        Some(self.ready_at)
    }

    fn reply(&mut self, reply: Reply) {
        if !self.cut && self.wire.write_all(&reply.encode()).is_err() {
            self.cut();
        }
    }

    fn cut(&mut self) {
        self.cut = true;
        // Fails only where the other side cut first.
        let _ = self.wire.shutdown(Shutdown::Both);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::printer::{self, Printer};

    const LONG: Duration = Duration::from_secs(10);

    struct Host {
        wire: UnixStream,
        seq: u32,
    }

    fn plugged() -> (Port<Printer>, Host) {
        let (device, wire) = UnixStream::pair().unwrap();
        wire.set_read_timeout(Some(LONG)).unwrap();
        (Port::serve(Printer::zebra("1"), device), Host { wire, seq: 0 })
    }

    impl Host {
        fn submit(&mut self, endpoint: u8, input: bool, data: &[u8]) -> u32 {
            self.seq += 1;
            let length = if input { 64 } else { data.len() as u32 };
            let submit = Submit { seq: self.seq, input, endpoint, length, data: data.to_vec(), ..Submit::default() };
            self.wire.write_all(&Request::Submit(submit).encode()).unwrap();
            self.seq
        }

        fn control(&mut self, setup: [u8; 8]) -> Reply {
            self.seq += 1;
            let input = setup[0] & 0x80 != 0;
            let submit = Submit { seq: self.seq, input, length: 64, setup, ..Submit::default() };
            let submit = Submit { length: if input { 64 } else { 0 }, ..submit };
            self.wire.write_all(&Request::Submit(submit).encode()).unwrap();
            self.reply(input).unwrap()
        }

        fn reply(&mut self, input: bool) -> Option<Reply> {
            Reply::read(&mut self.wire, |_| input).unwrap()
        }

        fn out(&mut self, data: &[u8]) -> Option<Reply> {
            self.submit(1, false, data);
            self.reply(false)
        }

        fn unlink(&mut self, victim: u32) -> i32 {
            self.seq += 1;
            self.wire.write_all(&Request::Unlink { seq: self.seq, victim }.encode()).unwrap();
            match self.reply(false) {
                Some(Reply::Unlinked { seq, status }) if seq == self.seq => status,
                other => panic!("{other:?}"),
            }
        }
    }

    fn status(reply: Option<Reply>) -> (i32, u32) {
        let Some(Reply::Done { status, actual, .. }) = reply else { panic!("{reply:?}") };
        (status, actual)
    }

    #[test]
    fn bytes_arrive_and_answers_wait_for_their_question() {
        let (port, mut host) = plugged();
        port.with(|printer| printer.answers.push((b"~HS".to_vec(), b"fine".to_vec())));
        let read = host.submit(2, true, &[]);
        host.submit(1, false, b"~HS");
        let replies = [Reply::read(&mut host.wire, |seq| seq == read), Reply::read(&mut host.wire, |seq| seq == read)];
        let replies = replies.map(|reply| reply.unwrap().unwrap());
        assert!(
            replies.contains(&Reply::Done { seq: read, status: 0, actual: 4, data: b"fine".to_vec() }),
            "{replies:?}"
        );
        assert_eq!(port.with(|printer| printer.received.clone()), b"~HS");
    }

    #[test]
    fn a_stall_halts_until_the_host_clears_it() {
        let (port, mut host) = plugged();
        port.fail(Faults { stall_after: Some(0), ..Faults::default() });
        assert_eq!(status(host.out(b"a")), (EPIPE, 0));
        assert_eq!(status(host.out(b"b")), (EPIPE, 0));
        assert_eq!(status(Some(host.control([2, 1, 0, 0, printer::OUT, 0, 0, 0]))), (0, 0));
        assert_eq!(status(host.out(b"c")), (0, 1));
        assert_eq!(port.with(|printer| printer.received.clone()), b"c");
    }

    #[test]
    fn what_waits_can_be_taken_back_or_is_taken_later() {
        let (port, mut host) = plugged();
        port.fail(Faults { nak_after: Some(2), ..Faults::default() });
        assert_eq!(status(host.out(b"abc")), (0, 3));
        let back = host.submit(1, false, b"back");
        assert_eq!(host.unlink(back), ECONNRESET);
        assert_eq!((host.unlink(back), port.unlinks()), (0, 1));
        let later = [host.submit(1, false, b"one "), host.submit(1, false, b"two")];
        port.fail(Faults::default());
        for seq in later {
            assert!(matches!(host.reply(false), Some(Reply::Done { seq: done, status: 0, .. }) if done == seq));
        }
        assert_eq!(port.with(|printer| printer.received.clone()), b"abcone two");
    }

    #[test]
    fn the_cable_is_pulled_at_the_byte() {
        let (port, mut host) = plugged();
        port.fail(Faults { cut_after: Some(5), ..Faults::default() });
        assert_eq!(status(host.out(b"abc")), (0, 3));
        assert_eq!(host.out(b"defg"), None);
        assert!(port.is_cut());
        assert_eq!(port.with(|printer| printer.received.clone()), b"abcde");
    }

    #[test]
    fn a_slow_device_takes_its_time_and_still_answers_questions() {
        let (port, mut host) = plugged();
        port.fail(Faults { bytes_per_second: Some(100), ..Faults::default() });
        let started = Instant::now();
        host.submit(1, false, &[0; 20]);
        let status = host.control([0xa1, 1, 0, 0, 0, 0, 1, 0]);
        assert!(matches!(status, Reply::Done { ref data, .. } if *data == [printer::READY]), "{status:?}");
        assert!(started.elapsed() < Duration::from_millis(200));
        assert!(matches!(host.reply(false), Some(Reply::Done { status: 0, actual: 20, .. })));
        assert!(started.elapsed() >= Duration::from_millis(200));
    }

    #[test]
    fn an_unplugged_device_answers_nothing() {
        let (port, mut host) = plugged();
        port.unplug();
        assert_eq!(host.reply(false), None);
    }
}
