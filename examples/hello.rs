//! The program of the README: one queue, one agent, one call.

use switchboard::message::{Actor, Command, CommandBody, HostEvent, HostReport, Input, Output};
use switchboard::model::{Agent, Center, EntryPoint, Queue};
use switchboard::time::Timestamp;
use switchboard::{Engine, Opening};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let center = Center::builder()
        .queue("sales", Queue::new())
        .entry_point("main", EntryPoint::voice("100").to_queue("sales"))
        .agent("ana", Agent::new("Ana").auto_answer())
        .build()?;
    let now = Timestamp::from_secs(1_772_442_000);
    let mut engine = Engine::open(now, Opening::new(center))?;
    let works = Command::new(
        "c-1".try_into()?,
        Actor::agent("ana".try_into()?),
        CommandBody::sign_in("ana".try_into()?),
    );
    let rings =
        HostReport::new("app".try_into()?, 1, now, HostEvent::call("call-1".try_into()?, "100"));
    for input in [Input::from(works), Input::from(rings)] {
        let receipt = engine.handle(now, input);
        println!("{receipt:?}");
        while let Some(output) = engine.poll_output() {
            match output {
                Output::Record(record) => {
                    // Append it to a journal, then say so: effects and replies wait for that.
                    println!("{} {:?}", record.seq.0, record.events);
                    let _ = engine.handle(now, Input::Persisted(record.seq));
                }
                Output::Effect(effect) => println!("do {:?}", effect.kind),
                Output::Reply(reply) => println!("tell the client {reply:?}"),
            }
        }
    }
    Ok(())
}
