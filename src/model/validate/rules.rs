//! What holds for the whole center: capacity, policies, limits.

use std::collections::BTreeMap;

use super::report::{Place, Report};
use crate::model::{
    BackOff, Capacity, Center, Channel, Limits, Misses, Policies, Recording, Silence,
};
use crate::time::Duration;

/// Capacity, policies and limits.
pub(super) fn check(center: &Center, report: &mut Report) {
    check_capacity(&center.capacity, report);
    check_policies(&center.policies, report);
    check_limits(&center.limits, report);
    for (part, count, limit) in [
        ("agents", center.agents.len(), center.limits.agents),
        ("queues", center.queues.len(), center.limits.queues),
        ("rotas", center.rotas.len(), center.limits.rotas),
    ] {
        if u32::try_from(count).map_or(true, |count| count > limit) {
            let message = format!("{count} are configured, limits.{part} is {limit}");
            report.fault(Place::single(part), "", message);
        }
    }
}

fn check_capacity(capacity: &Capacity, report: &mut Report) {
    let place = Place::single("capacity");
    report.at_least_one(place, "budget", capacity.budget);
    for (channel, of_channel) in &capacity.channels {
        let field = |name| format!("channels.{}.{name}", channel.as_str());
        let (cost, budget) = (of_channel.cost, capacity.budget);
        report.at_least_one(place, &field("cost"), cost);
        report.at_least_one(place, &field("max"), of_channel.max);
        if cost > budget {
            let message = format!("{cost} is above the budget of {budget}: no item fits");
            report.fault(place, &field("cost"), message);
        }
        // Wrap-up begins without a new admission, so it may only give units back.
        if let Some(wrap_up) = of_channel.wrap_up_cost.filter(|wrap_up| *wrap_up > cost) {
            let message = format!("{wrap_up} is above the cost of {cost} that admits the item");
            report.fault(place, &field("wrap_up_cost"), message);
        }
        report.distinct(place, &field("interrupts"), &of_channel.interrupts);
    }
}

fn check_policies(policies: &Policies, report: &mut Report) {
    let Policies {
        offer_timeout,
        connect_timeout,
        exclusion,
        no_answer,
        device_failure,
        desktop_grace,
        drain_timeout,
        host_lost_grace,
        sign_in_takes_over: _,
        short_abandon,
        closed_retention,
        conversation_retention,
        effect_timeout,
        transfer_timeout,
        queue_transfer_timeout,
        direct_wait,
        message_max,
        owner_hold,
        silence,
        media_grace,
        already_waiting: _,
        tier_boosts,
        repeat_boost,
        repeat_window,
        preview_timeout,
        dial_timeout,
        shift_cutoffs,
        handled_half_life,
        matched_elsewhere: _,
    } = policies;
    let place = Place::single("policies");
    check_shift_cutoffs(place, shift_cutoffs, report);
    for (field, span) in [
        ("offer_timeout", offer_timeout),
        ("connect_timeout", connect_timeout),
        ("effect_timeout", effect_timeout),
        ("transfer_timeout", transfer_timeout),
        ("queue_transfer_timeout", queue_transfer_timeout),
        ("direct_wait", direct_wait),
        ("message_max", message_max),
        ("owner_hold", owner_hold),
        ("preview_timeout", preview_timeout),
        ("dial_timeout", dial_timeout),
        ("handled_half_life", handled_half_life),
    ] {
        report.positive(place, field, *span);
    }
    for (field, span) in [
        ("exclusion", exclusion),
        ("desktop_grace", desktop_grace),
        ("drain_timeout", drain_timeout),
        ("host_lost_grace", host_lost_grace),
        ("short_abandon", short_abandon),
        ("closed_retention", closed_retention),
        ("conversation_retention", conversation_retention),
        ("media_grace", media_grace),
        ("repeat_boost", repeat_boost),
        ("repeat_window", repeat_window),
    ] {
        report.not_negative(place, field, *span);
    }
    for (place_of, boost) in tier_boosts.iter().enumerate() {
        report.not_negative(place, &format!("tier_boosts.{place_of}"), *boost);
    }
    check_silence(place, silence, report);
    check_misses((place, "no_answer"), no_answer, report);
    check_misses((place, "device_failure"), device_failure, report);
}

fn check_misses((place, rule): (Place<'_>, &str), misses: &Misses, report: &mut Report) {
    let field = |name: &str| format!("{rule}.{name}");
    let counts =
        [("not_ready_after", misses.not_ready_after), ("sign_out_after", misses.sign_out_after)];
    for (name, count) in counts {
        if let Some(count) = count {
            report.at_least_one(place, &field(name), count.into());
        }
    }
    if let Some(span) = misses.forget_after {
        report.positive(place, &field("forget_after"), span);
    }
    if let Some(BackOff { base, factor, cap }) = misses.back_off {
        report.positive(place, &field("back_off.base"), base);
        report.at_least_one(place, &field("back_off.factor"), factor.into());
        if cap < base {
            let message = format!("{cap} is below the base of {base}");
            report.fault(place, &field("back_off.cap"), message);
        }
    }
}

fn check_shift_cutoffs(
    place: Place<'_>,
    cutoffs: &BTreeMap<Channel, Duration>,
    report: &mut Report,
) {
    for (channel, span) in cutoffs {
        let field = format!("shift_cutoffs.{}", channel.as_str());
        report.positive(place, &field, *span);
    }
}

fn check_limits(limits: &Limits, report: &mut Report) {
    let place = Place::single("limits");
    for (field, count) in counts(limits) {
        report.at_least_one(place, field, count);
    }
    report.positive(place, "dedupe_window", limits.dedupe_window);
    report.positive(place, "clock_jump", limits.clock_jump);
    report.positive(place, "clock_step_back", limits.clock_step_back);
}

/// Every bound that is a number; taken apart whole, so that a new one cannot be forgotten.
fn counts(limits: &Limits) -> [(&'static str, u32); 24] {
    let Limits {
        interactions,
        closed_interactions,
        conversations,
        agents,
        queues,
        engagements_per_agent,
        participants,
        context_entries,
        context_bytes,
        pending_effects,
        dedupe_commands,
        dedupe_window: _,
        sources,
        changes_per_command,
        facts_per_command,
        text_bytes,
        items_per_message,
        replan_chunk,
        timers_per_call,
        unpersisted_records,
        clock_jump: _,
        clock_step_back: _,
        blocked_customers,
        rotas,
        scores,
        offers_at_once,
        exclusions_per_request,
    } = *limits;
    [
        ("interactions", interactions),
        ("closed_interactions", closed_interactions),
        ("conversations", conversations),
        ("agents", agents),
        ("queues", queues),
        ("engagements_per_agent", engagements_per_agent),
        ("participants", participants),
        ("context_entries", context_entries),
        ("context_bytes", context_bytes),
        ("pending_effects", pending_effects),
        ("dedupe_commands", dedupe_commands),
        ("sources", sources),
        ("changes_per_command", changes_per_command),
        ("facts_per_command", facts_per_command),
        ("text_bytes", text_bytes),
        ("items_per_message", items_per_message),
        ("replan_chunk", replan_chunk),
        ("timers_per_call", timers_per_call),
        ("unpersisted_records", unpersisted_records),
        ("blocked_customers", blocked_customers),
        ("rotas", rotas),
        ("scores", scores),
        ("offers_at_once", offers_at_once),
        ("exclusions_per_request", exclusions_per_request),
    ]
}

/// The rule of what is recorded, of a queue or a brand.
pub(super) fn check_recording(place: Place<'_>, recording: &Recording, report: &mut Report) {
    report.positive(place, "recording.max", recording.max);
    if let Some(retention) = recording.retention {
        report.positive(place, "recording.retention", retention);
    }
}

fn check_silence(place: Place<'_>, silence: &BTreeMap<Channel, Silence>, report: &mut Report) {
    for (channel, rule) in silence {
        let field = |name| format!("silence.{}.{name}", channel.as_str());
        let spans = [("customer", rule.customer), ("close", rule.close), ("agent", rule.agent)];
        for (name, span) in spans {
            if let Some(span) = span {
                report.positive(place, &field(name), span);
            }
        }
        if channel.has_media() {
            report.fault(place, &format!("silence.{}", channel.as_str()), "is no written channel");
        }
    }
}
