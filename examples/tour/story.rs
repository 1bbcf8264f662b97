//! What a story is, and how it is played: inputs in words, each followed by the records it made.

use std::fmt::Write as _;

use switchboard::kpi::Report;
use switchboard::message::CommandBody;
use switchboard::time::Duration;

use crate::floor::{House, key, told_lines};
use crate::stories;

pub(crate) struct Story {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) text: &'static str,
    script: fn(&mut Tale) -> Result<(), String>,
    pub(crate) expected: &'static str,
}

pub(crate) const STORIES: &[Story] = &[
    Story {
        name: "no_answer",
        title: "No answer, then the next agent",
        text: stories::no_answer::TEXT,
        script: stories::no_answer::script,
        expected: include_str!("ledgers/no_answer.txt"),
    },
    Story {
        name: "consult",
        title: "The caller hangs up during a consult",
        text: stories::consult::TEXT,
        script: stories::consult::script,
        expected: include_str!("ledgers/consult.txt"),
    },
    Story {
        name: "two_at_once",
        title: "A chat and a call at once",
        text: stories::two_at_once::TEXT,
        script: stories::two_at_once::script,
        expected: include_str!("ledgers/two_at_once.txt"),
    },
    Story {
        name: "call_back",
        title: "Called back by hand",
        text: stories::call_back::TEXT,
        script: stories::call_back::script,
        expected: include_str!("ledgers/call_back.txt"),
    },
    Story {
        name: "outage",
        title: "Outage, restart and resync",
        text: stories::outage::TEXT,
        script: stories::outage::script,
        expected: include_str!("ledgers/outage.txt"),
    },
];

impl Story {
    /// Plays it from the opening of the center to its figures.
    pub(crate) fn play(&self) -> Result<Tale, String> {
        let mut tale = Tale { house: House::small()?, ledger: String::new(), records: 0 };
        tale.take();
        (self.script)(&mut tale)?;
        tale.closes();
        Ok(tale)
    }
}

/// A story being played.
pub(crate) struct Tale {
    pub(crate) house: House,
    ledger: String,
    records: usize,
}

impl Tale {
    pub(crate) fn ledger(&self) -> String {
        self.ledger.clone()
    }

    pub(crate) fn records(&self) -> usize {
        self.records
    }

    /// How the requests came out.
    pub(crate) fn figures(&self) -> serde_json::Value {
        serde_json::to_value(self.house.report().total).unwrap_or_default()
    }

    /// An input in words, and what does it.
    pub(crate) fn input<T>(
        &mut self,
        words: &str,
        act: impl FnOnce(&mut House) -> Result<T, String>,
    ) -> Result<T, String> {
        let _ = writeln!(self.ledger, "> {words}");
        let done = act(&mut self.house).map_err(|why| format!("`{words}`: {why}"))?;
        self.take();
        Ok(done)
    }

    /// Something worth knowing that is no record.
    pub(crate) fn note(&mut self, text: &str) {
        for line in text.trim_end().lines() {
            let _ = writeln!(self.ledger, "  | {line}");
        }
    }

    pub(crate) fn sign_in(&mut self, agent: &str) -> Result<(), String> {
        let body = CommandBody::sign_in(key(agent)?);
        self.input(&format!("{agent} signs in, ready"), |house| house.command(agent, body))
    }

    /// A customer calls; the name of the call is the answer.
    pub(crate) fn call(&mut self, customer: &str, number: &str) -> Result<String, String> {
        self.input(&format!("{customer} calls {number}"), |house| house.calls(number))
    }

    pub(crate) fn picks_up(&mut self, agent: &str) -> Result<(), String> {
        let leg =
            self.house.rings(agent).ok_or_else(|| format!("{agent}'s phone does not ring"))?;
        self.input(&format!("{agent} picks the phone up"), |house| house.picks_up(leg))
    }

    pub(crate) fn wait(&mut self, seconds: i64) -> Result<(), String> {
        self.input(&format!("{seconds} seconds pass"), |house| {
            house.wait(Duration::from_secs(seconds));
            Ok(())
        })
    }

    fn take(&mut self) {
        for told in self.house.take_told() {
            self.records += 1;
            self.ledger.push_str(&told_lines(&told));
        }
    }

    /// The figures, which are a fold of the same records.
    fn closes(&mut self) {
        let Report { total, .. } = self.house.report();
        let _ = writeln!(
            self.ledger,
            "= offered {}, answered {}, abandoned {}, flowed out {}, lost {}, waiting {}; calls by hand {}",
            total.offered,
            total.answered,
            total.abandoned,
            total.flowed_out,
            total.lost,
            total.waiting,
            total.calls_made
        );
    }
}
