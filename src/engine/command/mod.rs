//! Commands: who may give them, what they name, which decision they lead to. Everything is judged
//! before anything is decided.
//!
//! | file | subject |
//! |---|---|
//! | `agents.rs` | coming, going, presence, routability, work from outside the queues |
//! | `requests.rs` | offers and waiting requests |
//! | `work.rs` | an agent's part: hold, hang-up, wrap-up |
//! | `people.rs` | transfers, consults, conferences |
//! | `outbound.rs` | calls that agents make by hand, calls that are promised |
//! | `supervision.rs` | supervisors who follow and take over, agents who ask for help |
//! | `written.rs` | messages, work that is put away, interactions that the application opens |
//! | `voicemail.rs` | voice messages |
//! | `customers.rs` | interactions, conversations, their context |
//! | `identity.rs` | who the customer is, conversations that are one, the block list |
//! | `recording.rs` | consent and recording |
//! | `center.rs` | switches, configuration, facts from outside |
//! | `named.rs` | what a command names, and whether the actor may reach it |

mod agents;
mod center;
mod customers;
mod identity;
mod named;
mod outbound;
mod people;
mod recording;
mod requests;
mod supervision;
mod voicemail;
mod work;
mod written;

use crate::message::{Authority, Command, CommandBody, Rejection};
use crate::state::{State, Step};

/// Digest of a command's authority and body, without personal payload.
pub(super) fn digest(command: &Command) -> u64 {
    State::digest_of(&(&command.authority, &command.body))
}

type Judged = Result<(), Rejection>;

/// Judges the command and decides what it leads to.
pub(super) fn decide(step: &mut Step<'_>, authority: &Authority, body: CommandBody) -> Judged {
    match body {
        CommandBody::SignIn { .. }
        | CommandBody::SignOut { .. }
        | CommandBody::SetPresence { .. }
        | CommandBody::SetDesktop { .. }
        | CommandBody::SetMedia { .. }
        | CommandBody::SetRoutability { .. }
        | CommandBody::SetShiftEnd { .. }
        | CommandBody::BeginOtherWork { .. } => agents::decide(step, authority, body),
        CommandBody::ClaimVoicemail { .. }
        | CommandBody::ReleaseVoicemail { .. }
        | CommandBody::MarkVoicemailHeard { .. }
        | CommandBody::MoveVoicemail { .. } => voicemail::decide(step, authority, body),
        CommandBody::AcceptOffer { .. }
        | CommandBody::RejectOffer { .. }
        | CommandBody::GiveBack { .. }
        | CommandBody::PrioritizeRequest { .. }
        | CommandBody::PullRequest { .. }
        | CommandBody::OfferRequest { .. }
        | CommandBody::MoveRequest { .. }
        | CommandBody::AssignRequest { .. }
        | CommandBody::ExcludeAgent { .. }
        | CommandBody::LiftExclusion { .. }
        | CommandBody::WithdrawRequest { .. } => requests::decide(step, authority, body),
        CommandBody::Transfer { .. }
        | CommandBody::Consult { .. }
        | CommandBody::CompleteConsult { .. }
        | CommandBody::CancelConsult { .. }
        | CommandBody::Conference { .. }
        | CommandBody::AddParticipant { .. }
        | CommandBody::RemoveParticipant { .. }
        | CommandBody::SetMuted { .. } => people::decide(step, authority, body),
        CommandBody::Monitor { .. }
        | CommandBody::EndMonitor { .. }
        | CommandBody::TakeOver { .. }
        | CommandBody::RequestAssistance { .. } => supervision::decide(step, authority, body),
        CommandBody::ScheduleCallback { .. }
        | CommandBody::CancelCallback { .. }
        | CommandBody::CallBack { .. }
        | CommandBody::Dial { .. }
        | CommandBody::DialAgent { .. }
        | CommandBody::PlaceCall { .. } => outbound::decide(step, authority, body),
        CommandBody::SendMessage { .. }
        | CommandBody::Park { .. }
        | CommandBody::Unpark { .. }
        | CommandBody::Reopen { .. }
        | CommandBody::OpenInteraction { .. } => written::decide(step, authority, body),
        CommandBody::CloseInteraction { .. } | CommandBody::SetContext { .. } => {
            customers::decide(step, authority, body)
        }
        CommandBody::IdentifyCustomer { .. }
        | CommandBody::SetIdentity { .. }
        | CommandBody::SetLanguage { .. }
        | CommandBody::LinkConversations { .. }
        | CommandBody::UnlinkConversations { .. }
        | CommandBody::BlockCustomer { .. } => identity::decide(step, authority, body),
        CommandBody::SetConsent { .. }
        | CommandBody::StartRecording { .. }
        | CommandBody::PauseRecording { .. }
        | CommandBody::ResumeRecording { .. }
        | CommandBody::StopRecording { .. } => recording::decide(step, authority, body),
        CommandBody::SwitchQueue { .. }
        | CommandBody::ScoreAgents { .. }
        | CommandBody::SetIncident { .. }
        | CommandBody::Configure { .. }
        | CommandBody::ReportFacts(_) => center::decide(step, authority, body),
        body => work::decide(step, authority, body),
    }
}
