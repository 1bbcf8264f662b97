//! The program of the README: one queue, one agent, one call.

use std::io::Write as _;
use switchboard::message::{Actor, Command, CommandBody, HostEvent, HostReport, Input, Output};
use switchboard::model::{Agent, Center, EntryPoint, Queue};
use switchboard::{Engine, Opening, time::Timestamp};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let center = Center::builder()
        .queue("sales", Queue::new())
        .entry_point("main", EntryPoint::voice("100").to_queue("sales"))
        .agent("ana", Agent::new("Ana").auto_answer())
        .build()?;
    let now = Timestamp::from_secs(1_772_442_000);
    let mut engine = Engine::open(now, Opening::new(center))?;
    let ana = CommandBody::sign_in("ana".try_into()?);
    let works = Command::new("c-1".try_into()?, Actor::agent("ana".try_into()?), ana);
    let call = HostEvent::call("call-1".try_into()?, "100");
    let rings = HostReport::new("app".try_into()?, 1, now, call);
    let mut out = std::io::stdout();
    for input in [Input::from(works), Input::from(rings)] {
        let _ = writeln!(out, "{:?}", engine.handle(now, input));
        while let Some(output) = engine.poll_output() {
            let _ = writeln!(out, "{output:?}");
            if let Output::Record(record) = output {
                // Append it to a journal, then say so: effects and replies wait for that.
                let _ = engine.handle(now, Input::Persisted(record.seq));
            }
        }
    }
    Ok(())
}
