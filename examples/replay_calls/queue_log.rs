//! Reads the `queue_log` of Asterisk: `epoch|callid|queue|agent|event|data1|...|data5`.
//!
//! How its events are taken:
//!
//! - **Offered** is an ENTERQUEUE. Its end is the first of CONNECT (answered), ABANDON, EXITWITHTIMEOUT,
//!   EXITWITHKEY, EXITEMPTY (flowed out) and WITHDRAW under the same call and queue. The wait is the
//!   event's own figure, in whole seconds; it holds the ringing.
//! - The service runs from CONNECT for the talk time of COMPLETECALLER, COMPLETEAGENT, or of a
//!   transfer. The format knows no after-call work.
//! - A call in the queue when QUEUESTART tells of a restart is lost; one in the queue at the end of the
//!   log is waiting. One being served then was answered, its service time is unknown.
//! - FULL, CLOSED, JOINEMPTY and the DIVERT events of Wazo speak of calls that never entered: counted,
//!   not offered. If such an event names a call that did enter, that one flowed out.
//! - RINGNOANSWER and RINGCANCELED say nothing of a call's outcome; they are counted.
//! - Rows are taken by time, then by line: the file may be slightly out of order. A second ENTERQUEUE
//!   of a call that is still there or came in that very second, or a second end, is a duplicate:
//!   reported, without effect. An end without a begin (a log that was cut) is reported.
//! - An attended transfer into a queue changes the call's id while it waits: a CONNECT without a begin
//!   is that of the one call waiting in its queue that entered a hold before it, within a second.
//! - A `|` too many splits the last field: extra columns are kept apart and reported, except in
//!   ATTENDEDTRANSFER with LINK, which writes one by design.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;

use switchboard::shadow::queue_log;
use switchboard::time::{Duration, Timestamp};

use super::log::{CallLog, Change, LoggedCall, Outcome, Presence, Unanswered, rows, shown};

/// Fields of a row with all five of data.
const COLUMNS: usize = 10;
/// Stamps are whole seconds, cut off: spans may differ from their differences by this much.
const ROUNDING: i64 = 1;

type Kind = (&'static str, &'static str);
const DUPLICATE: Kind = ("duplicate", "the call is already in the queue or has left it: no effect");
const NO_BEGIN: Kind =
    ("end_without_begin", "an end of a call that is not in the queue: not counted");
const RENAMED: Kind = (
    "connected_under_another_id",
    "no begin, but one call of the queue had waited just as long: taken to be that call",
);
const OUT_OF_ORDER: Kind = ("out_of_order", "stamped before the row above: taken by its stamp");
const EXTRA_COLUMNS: Kind = ("extra_columns", "more than ten columns: the rest is not read");
const TIMES_DIFFER: Kind =
    ("times_differ", "a span is not the difference of its stamps: the span is believed");
const NEGATIVE: Kind = ("negative_span", "a negative span: adds nothing to the sums");
const REJECTED: Kind = ("rejected", "turned away before entering the queue: not offered");
const CUT_SHORT: Kind = ("lost_at_restart", "in the queue when the switch started anew: lost");

/// One row, with the number of its line.
#[derive(Clone)]
struct Row<'a> {
    line: u64,
    row: queue_log::Row<'a>,
}

impl<'a> Deref for Row<'a> {
    type Target = queue_log::Row<'a>;

    fn deref(&self) -> &Self::Target {
        &self.row
    }
}

impl Row<'_> {
    /// The `place`th field of data, from 1, as seconds.
    fn span(&self, place: usize) -> Result<i64, String> {
        self.number(place).map_err(|error| error.to_string())
    }
}

/// Where a call is now.
#[derive(Clone, Copy)]
enum Stage {
    Queue,
    Service,
    Gone,
}

/// The log so far, and the calls by id and queue.
struct Reader<'a> {
    log: CallLog,
    calls: BTreeMap<(&'a str, &'a str), (usize, Stage)>,
    /// Queue, entry and id of those who wait.
    waiting: BTreeSet<(&'a str, Timestamp, &'a str)>,
}

/// Reads the whole file.
pub(crate) fn read(bytes: &[u8]) -> CallLog {
    let mut log = CallLog {
        format: "queue_log",
        assumptions: vec![
            "offered = ENTERQUEUE; wait = the event's own figure, ringing included",
            "service = talk time of the completing event; the format has no after-call work",
            "a call in the queue at a restart is lost, at the end of the log waiting",
        ],
        ..CallLog::default()
    };
    let mut ordered = Vec::new();
    let mut before = i64::MIN;
    for (line, text) in rows(bytes, &mut log) {
        match read_row(line, text) {
            Ok(row) => {
                if row.at < before {
                    log.quality.odd(line, OUT_OF_ORDER);
                }
                before = before.max(row.at);
                ordered.push(row);
            }
            Err(reason) => log.quality.skip(line, reason),
        }
    }
    ordered.sort_by_key(|row| (row.at, row.line));
    let mut reader = Reader { log, calls: BTreeMap::new(), waiting: BTreeSet::new() };
    for row in &ordered {
        if let Err(reason) = reader.take(row) {
            reader.log.quality.skip(row.line, reason);
        }
    }
    reader.finish()
}

fn read_row(line: u64, text: &str) -> Result<Row<'_>, String> {
    let row = queue_log::Row::parse(text).map_err(|error| error.to_string())?;
    Ok(Row { line, row })
}

impl<'a> Reader<'a> {
    /// Takes one row; an error means that it is skipped as malformed.
    fn take(&mut self, row: &Row<'a>) -> Result<(), String> {
        match row.event {
            "ENTERQUEUE" => self.enter(row),
            "CONNECT" => self.connect(row, row.span(1)?)?,
            "ABANDON" => self.leave(row, row.span(3)?, Outcome::Abandoned),
            "EXITWITHTIMEOUT" | "EXITEMPTY" => self.leave(row, row.span(3)?, Outcome::FlowedOut),
            "EXITWITHKEY" => self.leave(row, row.span(4)?, Outcome::FlowedOut),
            "WITHDRAW" => self.leave(row, row.span(3)?, Outcome::Withdrawn),
            "COMPLETECALLER" | "COMPLETEAGENT" => self.complete(row, row.span(2)?),
            "BLINDTRANSFER" | "TRANSFER" => self.complete(row, row.span(4)?),
            "ATTENDEDTRANSFER" => {
                let link = row.data.first() == Some(&"LINK");
                self.complete(row, row.span(if link { 5 } else { 4 })?);
            }
            "FULL" | "CLOSED" | "JOINEMPTY" | "LEAVEEMPTY" | "DIVERT_CA_RATIO"
            | "DIVERT_HOLDTIME" => self.turn_away(row),
            "ADDMEMBER" | "AGENTLOGIN" | "AGENTCALLBACKLOGIN" => {
                self.change(row, Change::Joined)?;
                if row.event == "ADDMEMBER" && row.data.first() == Some(&"PAUSED") {
                    self.change(row, Change::Paused)?;
                }
            }
            "REMOVEMEMBER" | "AGENTLOGOFF" | "AGENTCALLBACKLOGOFF" => {
                self.change(row, Change::Left)?;
            }
            "PAUSE" | "PAUSEALL" => self.change(row, Change::Paused)?,
            "UNPAUSE" | "UNPAUSEALL" => self.change(row, Change::Resumed)?,
            "QUEUESTART" => self.restart(row),
            "RINGNOANSWER" => self.unanswered(row, row.span(1)?),
            "RINGCANCELED" => {
                row.span(1)?;
            }
            "AGENTDUMP" | "SYSCOMPAT" | "CONFIGRELOAD" | "DID" | "PENALTY" | "ADDPENALTY"
            | "INFO" => {}
            other => return Err(format!("event `{}` is unknown", shown(other))),
        }
        self.log.quality.kind(row.event);
        self.log.saw(Timestamp::from_secs(row.at));
        if row.data.len() + 5 > COLUMNS && row.event != "ATTENDEDTRANSFER" {
            self.log.quality.odd(row.line, EXTRA_COLUMNS);
        }
        Ok(())
    }

    fn enter(&mut self, row: &Row<'a>) {
        let at = Timestamp::from_secs(row.at);
        if let Some((place, stage)) = self.calls.get(&(row.call, row.queue)) {
            // Nobody comes back within the second of coming: such a row was delivered twice.
            let again = self.log.calls.get(*place).is_some_and(|call| call.entered == at);
            if again || !matches!(stage, Stage::Gone) {
                self.log.quality.odd(row.line, DUPLICATE);
                return;
            }
        }
        let caller = row.data.get(1).copied().unwrap_or_default();
        let call = LoggedCall {
            line: row.line,
            queue: self.log.queues.place(row.queue),
            customer: (!caller.is_empty()).then(|| caller.to_owned()),
            priority: 0,
            credit: Duration::ZERO,
            arrival: at,
            entered: at,
            wait: Duration::ZERO,
            ring: Duration::ZERO,
            timed_out: false,
            outcome: Outcome::Waiting,
        };
        self.calls.insert((row.call, row.queue), (self.log.calls.len(), Stage::Queue));
        self.waiting.insert((row.queue, at, row.call));
        self.log.calls.push(call);
    }

    fn connect(&mut self, row: &Row<'a>, hold: i64) -> Result<(), String> {
        let agent = self.agent(row)?;
        let start = Timestamp::from_secs(row.at);
        if !self.calls.contains_key(&(row.call, row.queue)) {
            self.adopt(row, start - Duration::from_secs(hold.max(0)));
        }
        self.leave(row, hold, Outcome::Answered { agent, start, end: None });
        Ok(())
    }

    /// Gives the one call that entered a queue then the id of a row, if there is just one.
    fn adopt(&mut self, row: &Row<'a>, entered: Timestamp) {
        let about = Duration::from_secs(ROUNDING);
        let from = (row.queue, entered - about, "");
        let to = (row.queue, entered + about + Duration::from_micros(1), "");
        let mut calls = self.waiting.range(from..to);
        let (Some(&old), None) = (calls.next(), calls.next()) else { return };
        let (queue, entered, call) = old;
        if let Some(course) = self.calls.remove(&(call, queue)) {
            self.calls.insert((row.call, queue), course);
            self.waiting.remove(&old);
            self.waiting.insert((queue, entered, row.call));
            self.log.quality.odd(row.line, RENAMED);
        }
    }

    /// Ends the wait of the call that a row speaks of.
    fn leave(&mut self, row: &Row<'a>, wait: i64, outcome: Outcome) {
        let Some((place, stage)) = self.calls.get_mut(&(row.call, row.queue)) else {
            self.log.quality.odd(row.line, NO_BEGIN);
            return;
        };
        let Some(call) = self.log.calls.get_mut(*place).filter(|_| matches!(stage, Stage::Queue))
        else {
            self.log.quality.odd(row.line, DUPLICATE);
            return;
        };
        self.waiting.remove(&(row.queue, call.entered, row.call));
        let answered = matches!(outcome, Outcome::Answered { .. });
        *stage = if answered { Stage::Service } else { Stage::Gone };
        call.outcome = outcome;
        call.wait = Duration::from_secs(wait.max(0));
        call.timed_out = row.event == "EXITWITHTIMEOUT";
        if let (true, Ok(ring)) = (answered, row.span(3)) {
            call.ring = Duration::from_secs(ring.max(0));
        }
        let between = Timestamp::from_secs(row.at).since(call.entered);
        self.check(row, wait, between);
    }

    /// Ends the service of the call that a row speaks of.
    fn complete(&mut self, row: &Row<'a>, talk: i64) {
        let Some((place, stage)) = self.calls.get_mut(&(row.call, row.queue)) else {
            self.log.quality.odd(row.line, NO_BEGIN);
            return;
        };
        let call = self.log.calls.get_mut(*place).filter(|_| matches!(stage, Stage::Service));
        let Some(LoggedCall { outcome: Outcome::Answered { start, end, .. }, .. }) = call else {
            let kind = if matches!(stage, Stage::Gone) { DUPLICATE } else { NO_BEGIN };
            self.log.quality.odd(row.line, kind);
            return;
        };
        *stage = Stage::Gone;
        *end = Some(*start + Duration::from_secs(talk.max(0)));
        let between = Timestamp::from_secs(row.at).since(*start);
        self.check(row, talk, between);
    }

    /// A call that is turned away, or sent on if it had entered.
    fn turn_away(&mut self, row: &Row<'a>) {
        let entered = match self.calls.get(&(row.call, row.queue)) {
            Some((place, Stage::Queue)) => self.log.calls.get(*place).map(|call| call.entered),
            _ => None,
        };
        if let Some(entered) = entered {
            let wait = Timestamp::from_secs(row.at).since(entered).as_micros() / 1_000_000;
            self.leave(row, wait, Outcome::FlowedOut);
        } else {
            self.log.quality.odd(row.line, REJECTED);
        }
    }

    /// The switch started: whatever was in it is gone.
    fn restart(&mut self, row: &Row<'a>) {
        for (place, stage) in self.calls.values() {
            if let (Stage::Queue, Some(call)) = (stage, self.log.calls.get_mut(*place)) {
                call.outcome = Outcome::Lost;
                self.log.quality.odd(row.line, CUT_SHORT);
            }
        }
        self.calls.clear();
        self.waiting.clear();
    }

    fn change(&mut self, row: &Row<'a>, change: Change) -> Result<(), String> {
        let agent = self.agent(row)?;
        let all =
            matches!(row.queue, "" | "NONE") || matches!(row.event, "PAUSEALL" | "UNPAUSEALL");
        let queue = (!all).then(|| self.log.queues.place(row.queue));
        let at = Timestamp::from_secs(row.at);
        self.log.presence.push(Presence { at, agent, queue, change });
        Ok(())
    }

    /// Notes a ring that nobody answered; the row comes at its end.
    fn unanswered(&mut self, row: &Row<'a>, millis: i64) {
        if let Ok(agent) = self.agent(row) {
            let length = Duration::from_millis(millis.max(0));
            let start = Timestamp::from_secs(row.at) - length;
            self.log.unanswered.push(Unanswered { agent, start, length });
        }
    }

    fn agent(&mut self, row: &Row<'a>) -> Result<usize, String> {
        if row.agent.is_empty() || row.agent == "NONE" {
            return Err(format!("{} names no agent", row.event));
        }
        Ok(self.log.agents.place(row.agent))
    }

    /// Reports a span that its stamps do not bear out.
    fn check(&mut self, row: &Row<'a>, span: i64, between: Duration) {
        if span < 0 {
            self.log.quality.odd(row.line, NEGATIVE);
        } else if (between.as_micros() / 1_000_000 - span).abs() > ROUNDING {
            self.log.quality.odd(row.line, TIMES_DIFFER);
        }
    }

    /// Settles the calls that are still waiting.
    fn finish(mut self) -> CallLog {
        let last = self.log.span.map(|(_, last)| last);
        for call in &mut self.log.calls {
            if let (Outcome::Waiting, Some(last)) = (call.outcome, last) {
                call.wait = last.since(call.entered);
            }
        }
        self.log.finish();
        self.log
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcomes(text: &str) -> (Vec<Outcome>, CallLog) {
        let log = read(text.as_bytes());
        (log.calls.iter().map(|call| call.outcome).collect(), log)
    }

    #[test]
    fn every_way_out_of_the_queue() {
        let enter = (1..=9).map(|call| format!("10{call}|c{call}|q|NONE|ENTERQUEUE||555|1\n"));
        let enter = enter.collect::<Vec<_>>().concat();
        let (ends, log) = outcomes(&format!(
            "{enter}\
             120|c1|q|A|CONNECT|19|x|3\n\
             130|c1|q|A|COMPLETEAGENT|19|10|1\n\
             120|c2|q|NONE|ABANDON|1|1|18\n\
             120|c3|q|NONE|EXITWITHTIMEOUT|1|1|17\n\
             120|c4|q|NONE|EXITWITHKEY|2|1|1|16\n\
             120|c5|q|NONE|WITHDRAW|1|1|15|\n\
             121|c6|q|NONE|EXITEMPTY|1|1|15\n\
             122|c7|q|B|CONNECT|15|x|1\n\
             123|c7|q|B|ATTENDEDTRANSFER|LINK|ch1|ch2|15|1|1\n\
             124|c8|q|B|CONNECT|16|x|1\n"
        ));
        let at = Timestamp::from_secs;
        assert_eq!(
            ends,
            [
                Outcome::Answered { agent: 0, start: at(120), end: Some(at(130)) },
                Outcome::Abandoned,
                Outcome::FlowedOut,
                Outcome::FlowedOut,
                Outcome::Withdrawn,
                Outcome::FlowedOut,
                Outcome::Answered { agent: 1, start: at(122), end: Some(at(123)) },
                Outcome::Answered { agent: 1, start: at(124), end: None },
                Outcome::Waiting,
            ]
        );
        assert_eq!(log.calls[3].wait, Duration::from_secs(16));
        assert_eq!(log.calls[8].wait, Duration::from_secs(130 - 109));
        // c1's completion stands above earlier rows.
        assert_eq!(log.quality.oddities.keys().copied().collect::<Vec<_>>(), ["out_of_order"]);
    }

    #[test]
    fn a_restart_loses_who_waits_and_forgets_who_talks() {
        let (ends, log) = outcomes(
            "10|a|q|NONE|ENTERQUEUE||1|1\n11|b|q|NONE|ENTERQUEUE||1|2\n12|a|q|A|CONNECT|2|x|1\n\
             20|NONE|NONE|NONE|QUEUESTART|\n30|b|q|NONE|ENTERQUEUE||1|1\n31|b|q|NONE|ABANDON|1|1|1\n",
        );
        let start = Timestamp::from_secs(12);
        assert_eq!(
            ends,
            [Outcome::Answered { agent: 0, start, end: None }, Outcome::Lost, Outcome::Abandoned]
        );
        assert_eq!(log.quality.oddities["lost_at_restart"].lines, [4]);
    }

    #[test]
    fn duplicates_orphans_and_disorder_change_nothing() {
        let (ends, log) = outcomes(
            "10|a|q|NONE|ENTERQUEUE||1|1\n10|a|q|NONE|ENTERQUEUE||1|1\n15|a|q|NONE|ABANDON|1|1|5\n\
             15|a|q|NONE|ABANDON|1|1|5\n16|z|q|A|CONNECT|3|x|1\n20|b|q|NONE|ABANDON|1|1|3\n\
             17|b|q|NONE|ENTERQUEUE||1|1\n30|c|q|NONE|ENTERQUEUE||1|1\n30|c|q|NONE|ABANDON|1|1|0\n\
             30|c|q|NONE|ENTERQUEUE||1|1\n30|c|q|NONE|ABANDON|1|1|0\n",
        );
        assert_eq!(ends, [Outcome::Abandoned; 3]);
        let counts: Vec<_> =
            log.quality.oddities.iter().map(|(kind, rows)| (*kind, rows.lines.len())).collect();
        assert_eq!(counts, [("duplicate", 4), ("end_without_begin", 1), ("out_of_order", 1)]);
    }

    /// asterisk#759: an attended transfer into the queue, which begins and connects under two ids.
    #[test]
    fn a_call_that_changed_its_id_is_found_by_its_wait() {
        let (ends, log) = outcomes(
            "100|x.830|q|NONE|ENTERQUEUE||1|1\n103|x.826|q|A|CONNECT|3|x.831|2\n\
             113|x.826|q|A|COMPLETEAGENT|3|10|1\n",
        );
        let at = Timestamp::from_secs;
        assert_eq!(ends, [Outcome::Answered { agent: 0, start: at(103), end: Some(at(113)) }]);
        assert_eq!(log.calls[0].wait, Duration::from_secs(3));
        assert_eq!(log.quality.oddities["connected_under_another_id"].lines, [2]);
        assert_eq!(log.quality.oddities.len(), 1);
        // Not where two may be meant, nor in another queue, nor at another time, nor who is gone.
        let connect = "103|x.826|q|A|CONNECT|3|x.831|2\n";
        for others in [
            "100|x.830|q|NONE|ENTERQUEUE||1|1\n101|y|q|NONE|ENTERQUEUE||1|1\n",
            "100|x.830|r|NONE|ENTERQUEUE||1|1\n",
            "98|x.830|q|NONE|ENTERQUEUE||1|1\n",
            "100|x.830|q|NONE|ENTERQUEUE||1|1\n101|x.830|q|NONE|ABANDON|1|1|1\n",
        ] {
            let (ends, log) = outcomes(&format!("{others}{connect}"));
            assert!(!ends.iter().any(|end| matches!(end, Outcome::Answered { .. })), "{others}");
            assert_eq!(log.quality.oddities["end_without_begin"].lines.len(), 1);
        }
    }

    #[test]
    fn bad_lines_are_told_and_skipped() {
        let (ends, log) = outcomes(
            "10|a|q|NONE|ENTERQUEUE||1|1\r\n\r\nten|a|q|NONE|ABANDON|1|1|5\r\n12|a|q\r\n\
             13|a|q|NONE|ABANDON|1|1|\r\n14|a|q|NONE|DANCE\r\n15|a|q|NONE|CONNECT|5|x|1\r\n\
             -1|a|q|NONE|ABANDON|1|1|5",
        );
        assert_eq!(ends, [Outcome::Waiting]);
        let faults: Vec<_> =
            log.quality.faults.iter().map(|f| (f.line, f.reason.as_deref().unwrap())).collect();
        assert_eq!(
            faults,
            [
                (3, "epoch `ten` is not a whole number"),
                (4, "3 columns, at least 5 are needed"),
                (5, "ABANDON data3 `` is not a whole number"),
                (6, "event `DANCE` is unknown"),
                (7, "CONNECT names no agent"),
                (8, "epoch `-1` is negative"),
            ]
        );
        assert_eq!((log.quality.rows, log.quality.blank, log.quality.malformed), (7, 1, 6));
    }
}
