//! How much of full flexibility two skills for each agent give: the chain of Jordan and Graves ("Principles on
//! the benefits of manufacturing process flexibility", Management Science 41(4), 1995), for calls that wait as in
//! Wallace and Whitt ("A staffing algorithm for call centers with skill-based routing", Manufacturing & Service
//! Operations Management 7(4), 2005).
#![cfg(feature = "toml")]

use switchboard::sim::{
    Collector, EngineSwitch, Followed, Policy, Routing, SimulationModel, Workload,
};

/// Queues, and as many groups of agents.
const QUEUES: usize = 6;

/// A center: agents of each group, the load of each queue as a part of what its own group can do, and days.
#[derive(Clone, Copy)]
struct Size {
    agents: u32,
    loads: [f64; QUEUES],
    days: u32,
}

/// Groups that serve their own queue and the next ones, so many in all.
fn model(skills: usize, size: Size) -> SimulationModel {
    let agents = size.agents;
    let served = |group: usize| (0..skills).map(move |step| (group + step) % QUEUES);
    let mut text = "name = \"ring\"\nperiods = [600.0]\n".to_owned();
    for (queue, load) in size.loads.iter().enumerate() {
        // Erlangs of service of four minutes.
        let rate = load * f64::from(agents) / 4.0;
        let (arrival, service) = (2 * queue + 1, 2 * queue + 2);
        let from = (0..skills).map(|step| (queue + QUEUES - step) % QUEUES);
        let groups: Vec<String> = from.map(|group| format!("\"g{group}\"")).collect();
        text.extend([format!(
            "[[types]]\nname = \"q{queue}\"\narrivals = {{ poisson = {rate} }}\narrival_stream = {arrival}\n\
             service = {{ exponential = {{ mean = 4.0 }} }}\nservice_stream = {service}\ngroups = [{}]\n",
            groups.join(", ")
        )]);
    }
    for group in 0..QUEUES {
        let types: Vec<String> = served(group).map(|queue| format!("\"q{queue}\"")).collect();
        text.extend([format!(
            "[[groups]]\nname = \"g{group}\"\nstaff = {agents}\ntypes = [{}]\n",
            types.join(", ")
        )]);
    }
    SimulationModel::from_toml(&text).unwrap()
}

/// The mean wait in seconds, and the share of calls that wait less than 20 s.
fn waits(skills: usize, size: Size) -> (f64, f64) {
    let model = Policy::new("ring", Routing::default()).applied(&model(skills, size)).unwrap();
    let mut load = Workload::new(&model).unwrap();
    let mut switch = Followed::new(EngineSwitch::new(&model).unwrap());
    let mut collector = Collector::new(&model);
    let (mut sum, mut fast, mut count) = (0.0, 0.0, 0.0);
    for _ in 0..size.days {
        load.run_day(&mut switch, &mut collector).unwrap();
        load.next_substreams();
        for wait in switch.calls().iter().filter_map(|call| call.wait) {
            sum += wait * 60.0;
            fast += f64::from(u8::from(wait * 60.0 <= 20.0));
            count += 1.0;
        }
    }
    (sum / count, fast / count)
}

/// Of the wait that full flexibility saves against one skill, the part that so many skills save.
fn saved(skills: usize, size: Size) -> (f64, [(f64, f64); 3]) {
    let found = [1, skills, QUEUES].map(|skills| waits(skills, size));
    let [(alone, _), (some, _), (all, _)] = found;
    ((alone - some) / (alone - all), found)
}

/// How close: of the wait that full flexibility saves, two skills save nine tenths or more.
#[test]
fn two_skills_in_a_chain_come_close_to_full_pooling() {
    // Five agents in each group at 85 %: 193 s with one skill, 34 s with two, 16 s with all six.
    let small = saved(2, Size { agents: 5, loads: [0.85; QUEUES], days: 10 });
    println!("small groups: {small:?}");
    assert!(small.0 > 0.88, "{small:?}");
    // The same in all, but three queues are at 95 % and three at 75 %: 323 s, 34 s, 17 s.
    let loads = [0.95, 0.75, 0.95, 0.75, 0.95, 0.75];
    let uneven = saved(2, Size { agents: 5, loads, days: 10 });
    println!("uneven load: {uneven:?}");
    assert!(uneven.0 > 0.93, "{uneven:?}");
    // Wallace and Whitt's size, 90 agents, six types, 84 erlangs: 137 s, 20 s, 14 s.
    let large = saved(2, Size { agents: 15, loads: [84.0 / 90.0; QUEUES], days: 4 });
    println!("large groups: {large:?}");
    assert!(large.0 > 0.93, "{large:?}");
}
