//! The `queue_log` of Asterisk, line by line: `epoch|callid|queue|agent|event|data1|...|data5`.
//!
//! | event | fact |
//! |---|---|
//! | ENTERQUEUE | the call began to wait |
//! | CONNECT | an agent took it, after so many seconds of ringing |
//! | COMPLETECALLER, COMPLETEAGENT; BLINDTRANSFER, ATTENDEDTRANSFER, TRANSFER | the talk is over; the agent handed it on |
//! | ABANDON | the caller hung up |
//! | EXITWITHTIMEOUT, EXITWITHKEY, EXITEMPTY, WITHDRAW | the call left the queue |
//! | RINGNOANSWER | it rang in vain; the row comes at the end of the ring |
//! | ADDMEMBER, REMOVEMEMBER, PAUSE, UNPAUSE, PAUSEALL, UNPAUSEALL, AGENTLOGIN, AGENTLOGOFF and of old AGENTCALLBACK… | the agent's part in the queue, or in all |
//! | QUEUESTART | the switch began anew |
//! | FULL, CLOSED, JOINEMPTY, LEAVEEMPTY, DIVERT_… | the call left, if it had entered |
//! | RINGCANCELED and what tells of the switch alone | none |
//!
//! Stamps are whole seconds. The log does not tell when a ring begins, of work after calls, or of priorities. Members that
//! stand in `queues.conf` come without a word. An attended transfer into a queue changes the call's id while it waits: a
//! CONNECT of a call that did not enter is that of the one call in its queue that entered a hold before, to the second.

use std::collections::BTreeMap;

use super::{Call, Fact, Membership, What};
use crate::time::{Duration, Timestamp};

/// What the stamps are cut off to.
pub const RESOLUTION: Duration = Duration::from_secs(1);

/// The end of the year 9999: all spans from there on are within all time.
const LAST_SECOND: i64 = 253_402_300_799;

/// Characters shown of a text that is wrong.
const SHOWN: usize = 40;

/// The columns of one row.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Row<'a> {
    /// Seconds since 1970.
    pub at: i64,
    /// The id of the call, `NONE` where there is none.
    pub call: &'a str,
    /// The queue, `NONE` where there is none.
    pub queue: &'a str,
    /// The agent, `NONE` where there is none.
    pub agent: &'a str,
    /// What happened.
    pub event: &'a str,
    /// What belongs to it: five columns, or more or fewer.
    pub data: Vec<&'a str>,
}

/// Why a row cannot be read.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RowError {
    /// It is not UTF-8.
    #[error("not UTF-8")]
    NotUtf8,
    /// There are too few columns.
    #[error("{0} columns, at least 5 are needed")]
    Columns(usize),
    /// A column is no number.
    #[error("{column} `{text}` is not a whole number")]
    NotNumber {
        /// Which.
        column: String,
        /// What stands there.
        text: String,
    },
    /// The stamp is before 1970.
    #[error("epoch `{0}` is negative")]
    Negative(i64),
    /// The stamp, or a span, is beyond all time.
    #[error("{0} is out of range")]
    OutOfRange(String),
    /// No such event is known.
    #[error("event `{0}` is unknown")]
    UnknownEvent(String),
    /// An agent is needed.
    #[error("{0} names no agent")]
    NoAgent(String),
}

/// The same, with the number of the line.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("line {line}: {error}")]
pub struct LineError {
    /// From 1.
    pub line: u64,
    /// What is wrong.
    pub error: RowError,
}

impl<'a> Row<'a> {
    /// Takes a row apart; nothing is looked at but the number of columns and the stamp.
    ///
    /// # Errors
    /// If there are fewer than five columns, or the first is not the number of a second.
    pub fn parse(text: &'a str) -> Result<Self, RowError> {
        let fields: Vec<&str> = text.split('|').map(str::trim).collect();
        let [at, call, queue, agent, event, data @ ..] = fields.as_slice() else {
            return Err(RowError::Columns(fields.len()));
        };
        let at = number(at, "epoch")?;
        if at < 0 {
            return Err(RowError::Negative(at));
        }
        if at > LAST_SECOND {
            return Err(RowError::OutOfRange(format!("epoch `{at}`")));
        }
        Ok(Self { at, call, queue, agent, event, data: data.to_vec() })
    }

    /// The `place`th column of data, from 1, as a number.
    ///
    /// # Errors
    /// If it is missing or none.
    pub fn number(&self, place: usize) -> Result<i64, RowError> {
        let text = place.checked_sub(1).and_then(|place| self.data.get(place));
        number(text.copied().unwrap_or_default(), &format!("{} data{place}", self.event))
    }

    /// The agent.
    ///
    /// # Errors
    /// If none is named.
    pub fn agent(&self) -> Result<&'a str, RowError> {
        match self.agent {
            "" | "NONE" => Err(RowError::NoAgent(self.event.to_owned())),
            agent => Ok(agent),
        }
    }

    /// The queue; none where all are meant.
    pub fn queue(&self) -> Option<&'a str> {
        let all = matches!(self.event, "PAUSEALL" | "UNPAUSEALL");
        Some(self.queue).filter(|queue| !all && !matches!(*queue, "" | "NONE"))
    }

    /// How many seconds the event says that the call waited, or that the talk took; none where it says neither.
    ///
    /// # Errors
    /// If it should and does not.
    pub fn span(&self) -> Result<Option<i64>, RowError> {
        let place = match self.event {
            "CONNECT" => 1,
            "ABANDON" | "EXITWITHTIMEOUT" | "EXITEMPTY" | "WITHDRAW" => 3,
            "COMPLETECALLER" | "COMPLETEAGENT" => 2,
            "ATTENDEDTRANSFER" if self.data.first() == Some(&"LINK") => 5,
            "EXITWITHKEY" | "BLINDTRANSFER" | "TRANSFER" | "ATTENDEDTRANSFER" => 4,
            _ => return Ok(None),
        };
        self.number(place).map(Some)
    }

    /// What an agent's part becomes; none where the row is not of that.
    pub fn membership(&self) -> Option<Membership> {
        Some(match self.event {
            "ADDMEMBER" | "AGENTLOGIN" | "AGENTCALLBACKLOGIN" => Membership::Joined,
            "REMOVEMEMBER" | "AGENTLOGOFF" | "AGENTCALLBACKLOGOFF" => Membership::Left,
            "PAUSE" | "PAUSEALL" => Membership::Paused,
            "UNPAUSE" | "UNPAUSEALL" => Membership::Resumed,
            _ => return None,
        })
    }

    /// Whether a member is added who does not take calls yet.
    pub fn is_paused(&self) -> bool {
        self.event == "ADDMEMBER" && self.data.first() == Some(&"PAUSED")
    }

    /// Whether the call was turned away, or had to leave where it had entered.
    pub fn turns_away(&self) -> bool {
        matches!(
            self.event,
            "FULL" | "CLOSED" | "JOINEMPTY" | "LEAVEEMPTY" | "DIVERT_CA_RATIO" | "DIVERT_HOLDTIME"
        )
    }

    /// Whether the event is known and tells nothing of calls and agents.
    pub fn is_aside(&self) -> bool {
        matches!(
            self.event,
            "AGENTDUMP" | "SYSCOMPAT" | "CONFIGRELOAD" | "DID" | "PENALTY" | "ADDPENALTY" | "INFO"
        )
    }
}

/// Reads a log line by line, as it is written.
#[derive(Clone, Default, Debug)]
pub struct Reader {
    line: u64,
    counts: Counts,
    /// Since when calls wait, by queue and id.
    waiting: BTreeMap<(String, String), i64>,
    /// Calls that go on under another id: what they entered as.
    renamed: BTreeMap<(String, String), String>,
}

/// What a reader has seen.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Counts {
    /// Lines with text.
    pub rows: u64,
    /// Lines without.
    pub blank: u64,
    /// Rows that could not be read.
    pub malformed: u64,
    /// Rows by event.
    pub events: BTreeMap<String, u64>,
}

impl Reader {
    /// Before the first line.
    pub fn new() -> Self {
        Self::default()
    }

    /// The number of the last line read.
    pub const fn line(&self) -> u64 {
        self.line
    }

    /// What has been seen so far.
    pub const fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Takes the next line, with or without its end: what it tells, if anything. Whatever comes of it, the next line can
    /// be taken.
    ///
    /// # Errors
    /// If the line is not one of the log; it is to be skipped.
    pub fn read(&mut self, line: &[u8]) -> Result<Vec<Fact>, LineError> {
        self.line += 1;
        // Editors of some systems mark UTF-8 so.
        let mark = b"\xef\xbb\xbf".as_slice();
        let line = if self.line == 1 { line.strip_prefix(mark).unwrap_or(line) } else { line };
        let line = line.trim_ascii();
        if line.is_empty() {
            self.counts.blank += 1;
            return Ok(Vec::new());
        }
        self.counts.rows += 1;
        let text = std::str::from_utf8(line).map_err(|_| RowError::NotUtf8);
        text.and_then(Row::parse).and_then(|row| self.facts(&row)).map_err(|error| {
            self.counts.malformed += 1;
            LineError { line: self.line, error }
        })
    }

    /// What a row tells.
    fn facts(&mut self, row: &Row<'_>) -> Result<Vec<Fact>, RowError> {
        let at = Timestamp::from_secs(row.at);
        let facts = self.what(row)?.into_iter().map(|what| Fact::new(at, what)).collect();
        *self.counts.events.entry(row.event.to_owned()).or_default() += 1;
        Ok(facts)
    }

    fn what(&mut self, row: &Row<'_>) -> Result<Vec<What>, RowError> {
        let span = row.span()?;
        if let Some(now) = row.membership() {
            return membership(row, now);
        }
        let what = match row.event {
            "ENTERQUEUE" => {
                self.waiting.insert(key(row), row.at);
                self.renamed.remove(&key(row));
                let (customer, credit) = (None, Duration::ZERO);
                What::Entered { call: Call::new(row.call, row.queue), customer, credit }
            }
            "CONNECT" => {
                let agent = row.agent()?.to_owned();
                // Old versions do not tell.
                let rang = row.number(3).unwrap_or_default().max(0);
                let rang = span_of(rang, 1_000_000, "ring")?;
                self.adopt(row, span.unwrap_or_default());
                let call = self.leaves(row);
                What::Connected { call, agent, rang }
            }
            "RINGNOANSWER" => {
                let rang = span_of(row.number(1)?.max(0), 1_000, "ring")?;
                What::RangInVain { call: self.call(row), agent: row.agent()?.to_owned(), rang }
            }
            "ABANDON" => What::Abandoned { call: self.leaves(row) },
            "EXITWITHTIMEOUT" | "EXITWITHKEY" | "EXITEMPTY" | "WITHDRAW" => {
                What::Left { call: self.leaves(row), why: row.event.to_owned() }
            }
            "QUEUESTART" => {
                self.waiting.clear();
                self.renamed.clear();
                What::Restarted
            }
            _ if span.is_some() => {
                let transferred = !row.event.starts_with("COMPLETE");
                let call = self.call(row);
                self.renamed.remove(&key(row));
                What::Ended { call, transferred }
            }
            _ if row.turns_away() => {
                if !self.waiting.contains_key(&key(row)) {
                    return Ok(Vec::new());
                }
                What::Left { call: self.leaves(row), why: row.event.to_owned() }
            }
            "RINGCANCELED" => return row.number(1).map(|_| Vec::new()),
            _ if row.is_aside() => return Ok(Vec::new()),
            other => return Err(RowError::UnknownEvent(shown(other))),
        };
        Ok(vec![what])
    }

    /// The call of a row, as it entered.
    fn call(&self, row: &Row<'_>) -> Call {
        let id = self.renamed.get(&key(row)).map_or(row.call, String::as_str);
        Call::new(id, row.queue)
    }

    fn leaves(&mut self, row: &Row<'_>) -> Call {
        let call = self.call(row);
        self.waiting.remove(&(call.queue.clone(), call.id.clone()));
        call
    }

    /// Finds the one call that entered the queue a hold ago, where the call of the row did not.
    fn adopt(&mut self, row: &Row<'_>, hold: i64) {
        if self.waiting.contains_key(&key(row)) {
            return;
        }
        let entered = row.at.saturating_sub(hold);
        let mut calls = self.waiting.iter().filter(|((queue, _), since)| {
            queue == row.queue && since.saturating_sub(entered).abs() <= 1
        });
        if let (Some(((_, id), _)), None) = (calls.next(), calls.next()) {
            self.renamed.insert(key(row), id.clone());
        }
    }
}

fn membership(row: &Row<'_>, now: Membership) -> Result<Vec<What>, RowError> {
    let agent = row.agent()?.to_owned();
    let queue = row.queue().map(str::to_owned);
    let member = |now| What::Member { agent: agent.clone(), queue: queue.clone(), now };
    let mut facts = vec![member(now)];
    if row.is_paused() {
        facts.push(member(Membership::Paused));
    }
    Ok(facts)
}

fn key(row: &Row<'_>) -> (String, String) {
    (row.queue.to_owned(), row.call.to_owned())
}

fn span_of(count: i64, micros: i64, what: &str) -> Result<Duration, RowError> {
    // A ring of a century is none, and would lead out of all time.
    let span = count.checked_mul(micros).filter(|span| *span < 100 * 365 * 86_400 * 1_000_000);
    span.map(Duration::from_micros).ok_or_else(|| RowError::OutOfRange(what.to_owned()))
}

fn number(text: &str, column: &str) -> Result<i64, RowError> {
    let wrong = |_| RowError::NotNumber { column: column.to_owned(), text: shown(text) };
    text.trim().parse().map_err(wrong)
}

/// A text of the log, short enough for a message.
fn shown(text: &str) -> String {
    text.chars().take(SHOWN).flat_map(char::escape_debug).collect()
}
