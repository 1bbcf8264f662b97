//! Simulation of contact centers by random models, with or without the engine.
//!
//! | file | subject |
//! |---|---|
//! | `random.rs` | MRG32k3a: streams of uniform numbers |
//! | `gamma.rs` | the incomplete gamma function and its inverse |
//! | `distribution.rs` | distributions as data, sampled by inversion |
//! | `model.rs`, `per_period.rs`, `load.rs` | models as data |
//! | `validate.rs` | what must hold of a model |
//! | `workload.rs` | streams and draws: everything that happens by chance |
//! | `day.rs`, `call.rs` | the event loop of a day |
//! | `day_calls.rs` | what happens to its calls |
//! | `shifts.rs` | shifts and breaks as changes of numbers |
//! | `switch.rs`, `plan.rs` | the seam: who serves whom |
//! | `check/` | checkers of the promises of the engine |
//! | `bare.rs` | queues and counters without the engine |
//! | `engine_switch.rs`, `engine_inputs.rs`, `engine_news.rs`, `engine_center.rs` | the engine as a switch |
//! | `engine_watch.rs` | the checkers over a simulated day |
//! | `routing.rs` | rules of the engine that a model may choose |
//! | `followed.rs` | a day call by call and agent by agent |
//! | `measure.rs` | what is counted and integrated |
//! | `replicate.rs` | replications and the report of figures |
//! | `compare.rs`, `figures_of_day.rs` | the same days under several policies |
//! | `statistics.rs` | tallies, ratios of means, integrals over time, printing |
//! | `student.rs` | Student's t distribution |

mod bare;
mod call;
pub mod check;
mod compare;
mod day;
mod day_calls;
pub mod distribution;
mod engine_center;
mod engine_inputs;
mod engine_news;
mod engine_switch;
mod engine_watch;
mod figures_of_day;
mod followed;
pub mod gamma;
mod load;
mod measure;
pub mod model;
mod per_period;
mod plan;
pub mod random;
mod replicate;
mod routing;
mod shifts;
pub mod statistics;
pub mod student;
pub mod switch;
mod validate;
mod workload;

pub use bare::BareSwitch;
pub use compare::{ComparedFigure, Comparison, Difference, Policy, compare};
pub use engine_switch::EngineSwitch;
pub use followed::{AgentDay, CallRow, Followed};
pub use load::ModelError;
pub use measure::Collector;
pub use model::SimulationModel;
pub use per_period::PerPeriod;
pub use replicate::{DAYS_REPORTED, FigureKind, FigureReport, Report, replicate};
pub use routing::{GroupRouting, QueueRouting, Routing};
pub use workload::Workload;
