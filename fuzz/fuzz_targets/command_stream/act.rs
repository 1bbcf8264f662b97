//! What can happen.

use arbitrary::Arbitrary;

/// One thing that happens. Numbers pick among what there is, or was: the latest is number 0.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub enum Act {
    SignIn {
        agent: u8,
        ready: bool,
    },
    SignOut {
        agent: u8,
        force: bool,
    },
    Presence {
        agent: u8,
        ready: bool,
    },
    Desktop {
        agent: u8,
        connected: bool,
    },
    OtherWork {
        agent: u8,
    },
    EndOtherWork(u8),
    Arrives {
        entry: u8,
        by_app: bool,
        customer: Option<u8>,
    },
    Leaves {
        nth: u8,
        cause: u8,
    },
    LegAnswers(u8),
    LegEnds {
        nth: u8,
        cause: u8,
    },
    PhoneHold {
        nth: u8,
        held: bool,
    },
    Accept(u8),
    Reject(u8),
    OpDone(u8),
    OpFails(u8),
    OpRefused(u8),
    OpUnknown(u8),
    /// From now on effects are accepted at once, or only by `EffectsAccepted`.
    AcceptAtOnce(bool),
    EffectsAccepted,
    Hold(u8),
    Unhold(u8),
    HangUp(u8),
    FinishWrapUp {
        nth: u8,
        disposition: bool,
    },
    ExtendWrapUp(u8),
    Disposition(u8),
    Prioritize {
        nth: u8,
        seconds: i8,
    },
    Withdraw(u8),
    Close(u8),
    Switch {
        queue: u8,
        to: u8,
        for_a_while: bool,
    },
    HostLost,
    /// The host is back with those of its legs whose bit is set.
    HostBack {
        legs: u16,
        with_strangers: bool,
        old: bool,
    },
    /// A command is sent again; with another body if so.
    Repeat {
        nth: u8,
        changed: bool,
    },
    /// A report is sent again.
    RepeatReport(u8),
    /// An id that never was.
    Foreign(u8),
    Configure(u8),
    Facts(u8),
    Wait {
        millis: u16,
    },
    WaitLong {
        minutes: u8,
    },
    ClockBack {
        millis: u16,
    },
    /// From now on records are safe at once, or only by `Persisted`.
    PersistAtOnce(bool),
    Persisted,
    /// The process dies; the next one goes on from a snapshot and the records after it.
    Restart {
        cut: u8,
    },
}
