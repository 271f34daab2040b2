//! What the code has to do with what arrives: pushed messages, tasks, calls on time, and events. The snippet is about messages, which come
//! in an envelope.

use std::collections::BTreeSet;

use crate::plan::google::eventarc;
use crate::plan::model::{
    Event, EventTarget, Plan, Queue, Schedule, ScheduleTarget, Subscription, TriggerCall,
};
use crate::render::quote::markdown::{Md, md};
use crate::render::quote::{Quoted, json};

/// A request that arrives.
pub struct Request {
    /// `POST /scans` of a service.
    pub call: Quoted,
    /// What sends it.
    pub sender: Quoted,
    /// When it is sent again.
    pub again: Quoted,
}

/// The requests, each once: they are nearly the same in every environment.
pub fn requests(plans: &[Plan]) -> Vec<Request> {
    let mut seen = BTreeSet::new();
    let mut rows = Vec::new();
    for plan in plans {
        let pushed = plan.subscriptions.iter().filter_map(pushed);
        let tasks = plan.queues.iter().filter_map(task);
        let on_time = plan.schedules.iter().filter_map(on_time);
        let told = plan.events.iter().filter_map(told);
        for (sender, request, again) in pushed.chain(tasks).chain(on_time).chain(told) {
            if seen.insert(sender.clone()) {
                rows.push(Request {
                    call: request.done(),
                    sender: sender.done(),
                    again: again.done(),
                });
            }
        }
    }
    rows
}

/// The path of the first message that is pushed, as a string of Python.
pub fn path(plans: &[Plan]) -> Option<Quoted> {
    let mut subscriptions = plans.iter().flat_map(|plan| &plan.subscriptions);
    let push = subscriptions.find_map(|one| one.push.as_ref())?;
    Some(json::string(&push.path))
}

fn pushed(subscription: &Subscription) -> Option<(Md, Md, Md)> {
    let call = subscription.push.as_ref()?;
    let again = md("after ")
        .number(subscription.ack_deadline)
        .say(" s without an answer");
    let again = until(again, subscription);
    let sender = md("subscription ").code(&subscription.name);
    Some((sender, request("POST", call), again))
}

/// When a message comes again, and when no longer.
pub(super) fn until(again: Md, subscription: &Subscription) -> Md {
    match &subscription.dead_letter {
        Some(dead) => again
            .say("; after ")
            .number(dead.attempts)
            .say(" times it goes to ")
            .code(&dead.topic.id),
        None => again.say(", for ").number(subscription.retention).say(" s"),
    }
}

fn task(queue: &Queue) -> Option<(Md, Md, Md)> {
    let target = queue.target.as_ref()?;
    let request = match target.host {
        Some(_) => request("POST", &target.call),
        None => md("what each task says, of ").code(&target.call.service),
    };
    let again = md("at most ").number(queue.attempts).say(" times");
    Some((md("queue ").code(&queue.name), request, again))
}

fn on_time(schedule: &Schedule) -> Option<(Md, Md, Md)> {
    let ScheduleTarget::Service { call, method, .. } = &schedule.target else {
        return None;
    };
    let again = match schedule.attempts {
        0 => md("not before its next time"),
        attempts => md("at most ").number(attempts).say(" times"),
    };
    let sender = md("schedule ").code(&schedule.name);
    Some((sender, request(method, call), again))
}

fn told(event: &Event) -> Option<(Md, Md, Md)> {
    let EventTarget::Service(call) = &event.target else {
        return None;
    };
    let sender = md("event ").code(&event.name);
    let again = md("for ").number(eventarc::TOLD_HOURS).say(" hours");
    Some((sender, request("POST", call), again))
}

fn request(method: &str, call: &TriggerCall) -> Md {
    let line = format!("{method} {}", call.path);
    md("").code(&line).say(" of ").code(&call.service)
}
