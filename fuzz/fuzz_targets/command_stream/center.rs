//! The center that things happen to.

use switchboard::model::{
    Agent, AtClose, Center, Change, Channel, ChannelCapacity, Disposition, EntryPoint, Host,
    Misses, NoAgents, Queue, Reason, Skill, Team, WrapUpMode,
};
use switchboard::time::Duration;

use crate::world::key;

pub const AGENTS: [&str; 4] = ["ana", "ben", "cleo", "dan"];
pub const QUEUES: [&str; 2] = ["billing", "sales"];
/// Where customers come in: two numbers, a chat, and a number that nobody has.
pub const ENTRIES: [(Channel, &str); 4] = [
    (Channel::Voice, "100"),
    (Channel::Voice, "200"),
    (Channel::Chat, "chat"),
    (Channel::Voice, "999"),
];

/// Two queues, four agents; calls push chats and tasks aside. Bounds are small, to be reached.
pub fn center() -> Center {
    Center::builder()
        .skill("billing", Skill::new("Billing"))
        .skill("sales", Skill::new("Sales"))
        .reason("lunch", Reason::new("Lunch"))
        .reason("no_answer", Reason::new("No answer"))
        .reason("device_failure", Reason::new("Device failure"))
        .disposition("done", Disposition::new("Done"))
        .host("pbx", Host::new("PBX"))
        .team("blue", Team::new("Blue"))
        .team("red", Team::new("Red"))
        .channel(
            Channel::Voice,
            ChannelCapacity::new(60, 1).interrupts(Channel::Chat).interrupts(Channel::Task),
        )
        .channel(Channel::Chat, ChannelCapacity::new(40, 2).wrap_up_cost(20))
        .channel(Channel::Task, ChannelCapacity::new(30, 2))
        .queue(
            "billing",
            Queue::new()
                .requires("billing", 2)
                .wrap_up(WrapUpMode::Extendable, Duration::from_secs(20))
                .max_depth(3)
                .overflow_to("sales"),
        )
        .queue(
            "sales",
            Queue::new()
                .team("red")
                .team("blue")
                .wrap_up(WrapUpMode::Forced, Duration::from_secs(15))
                .max_wait(Duration::from_secs(90))
                .no_agents(NoAgents::NoneSignedIn, Duration::from_secs(10))
                .at_close(AtClose::Disconnect),
        )
        .entry_point("a", EntryPoint::voice("100").to_queue("billing"))
        .entry_point("b", EntryPoint::voice("200").to_queue("sales").max_concurrent(3))
        .entry_point("c", EntryPoint::on(Channel::Chat, "chat").to_queue("sales"))
        .agent("ana", Agent::new("Ana").skill("billing", 3).team("blue").phone("pbx", "1"))
        .agent("ben", Agent::new("Ben").skill("billing", 2).team("red").phone("pbx", "2"))
        .agent("cleo", Agent::new("Cleo").team("blue"))
        .agent("dan", Agent::new("Dan").skill("billing", 1).team("red").auto_answer())
        .policies(|p| {
            p.closed_retention = Duration::from_secs(20);
            p.conversation_retention = Duration::from_secs(60);
            p.device_failure = Misses::new().not_ready_after(2);
        })
        .limits(|l| {
            l.clock_jump = Duration::from_secs(120);
            l.timers_per_call = 3;
            l.unpersisted_records = 40;
            l.dedupe_commands = 20;
            l.dedupe_window = Duration::from_secs(120);
            l.replan_chunk = 2;
            l.engagements_per_agent = 4;
        })
        .build()
        .expect("a valid center")
}

/// One of a few changes, and back.
pub fn change(number: u8) -> Change {
    let agent = |agent: switchboard::model::Draft<Agent>| Some(agent.build().expect("an agent"));
    let queue =
        |queue: switchboard::model::Draft<Queue>| Some(Box::new(queue.build().expect("a queue")));
    match number % 8 {
        0 => Change::Agent {
            key: key("ana"),
            to: agent(Agent::new("Ana").team("blue").phone("pbx", "1")),
        },
        1 => Change::Agent {
            key: key("ana"),
            to: agent(Agent::new("Ana").skill("billing", 3).team("red").phone("pbx", "1")),
        },
        2 => Change::Agent { key: key("cleo"), to: None },
        3 => Change::Agent {
            key: key("cleo"),
            to: agent(Agent::new("Cleo").skill("billing", 4).team("blue")),
        },
        4 => Change::Queue {
            key: key("billing"),
            to: queue(Queue::new().service_target(Duration::from_secs(60)).overflow_to("sales")),
        },
        5 => Change::Queue {
            key: key("billing"),
            to: queue(
                Queue::new()
                    .requirement("billing or not team == \"red\"")
                    .wrap_up(WrapUpMode::None, Duration::from_secs(1)),
            ),
        },
        6 => Change::Agent {
            key: key("eve"),
            to: agent(Agent::new("Eve").skill("billing", 9).team("blue")),
        },
        _ => Change::Name(format!("center {number}")),
    }
}
