//! What alerts say: what it means, and what to look at first.

use crate::plan::model::AlertSeverity;

/// What an alert says, before it is known when it goes off.
#[derive(Debug, Clone, Copy)]
pub(super) struct Text {
    pub(super) id: &'static str,
    pub(super) severity: AlertSeverity,
    pub(super) subject: &'static str,
    pub(super) lines: [&'static str; 2],
}

pub(super) const UPTIME: Text = Text {
    id: "uptime",
    severity: AlertSeverity::Critical,
    subject: "a host does not answer",
    lines: [
        "For five minutes a host did not answer as it should, to two places of the world at the least.",
        "Look at the logs of its service and of the load balancer; then at its DNS records and its certificate.",
    ],
};
pub(super) const CERTIFICATE: Text = Text {
    id: "certificate",
    severity: AlertSeverity::Error,
    subject: "a certificate ends soon",
    lines: [
        "Google renews certificates a month before they end, and this one was not.",
        "Look whether the records still stand in DNS that prove whose the domain is, and at the certificate's state.",
    ],
};
pub(super) const DENIALS: Text = Text {
    id: "denials",
    severity: AlertSeverity::Warning,
    subject: "the WAF refuses many requests",
    lines: [
        "An attack, or a rule that takes good requests for one.",
        "Read the logs of the load balancer, as README.md says: which rule, which addresses, which paths.",
    ],
};
pub(super) const ERRORS: Text = Text {
    id: "errors",
    severity: AlertSeverity::Error,
    subject: "a service fails",
    lines: [
        "Too many answers of a service are errors of its own (5xx).",
        "Look at its logs, and whether it got a new revision: the one before still is there to go back to.",
    ],
};
pub(super) const LATENCY: Text = Text {
    id: "latency",
    severity: AlertSeverity::Warning,
    subject: "a service is slow",
    lines: [
        "For ten minutes one in twenty requests of a service took too long.",
        "Look at what it waits for: its database, the services that it calls, instances that start.",
    ],
};
pub(super) const INSTANCES: Text = Text {
    id: "instances",
    severity: AlertSeverity::Warning,
    subject: "a service has nearly all instances that it may have",
    lines: [
        "Above that, requests wait and are refused with 429.",
        "Look whether the traffic is meant; if it is, raise `max`, and see that the pools of its databases still fit.",
    ],
};
pub(super) const JOBS: Text = Text {
    id: "jobs",
    severity: AlertSeverity::Error,
    subject: "a job failed",
    lines: [
        "An execution ended without success, after all of its retries.",
        "Look at the logs of the execution; what waits for the job has not got its new revision.",
    ],
};
pub(super) const CONNECTIONS: Text = Text {
    id: "connections",
    severity: AlertSeverity::Warning,
    subject: "a database has nearly all connections that it accepts",
    lines: [
        "Above that it refuses whoever comes.",
        "Look for connections that somebody opened beside the services, and for instances that do not give theirs back.",
    ],
};
pub(super) const DISK: Text = Text {
    id: "disk",
    severity: AlertSeverity::Error,
    subject: "the disk of a database is nearly full",
    lines: [
        "It grows by itself; that it is so full means that it no longer does.",
        "Look at the limit of its growth, and at what fills it: tables, or logs of changes that nobody fetches.",
    ],
};
pub(super) const DEAD_LETTERS: Text = Text {
    id: "dead-letters",
    severity: AlertSeverity::Error,
    subject: "a message could not be delivered",
    lines: [
        "It was tried as often as the subscription says, and lies among the dead letters now.",
        "Look at what its reader logged, repair that, and publish the message again before its time is over.",
    ],
};
pub(super) const BACKLOG: Text = Text {
    id: "backlog",
    severity: AlertSeverity::Warning,
    subject: "messages wait",
    lines: [
        "The oldest message of a subscription waits too long; what is not read within its retention is lost.",
        "Look whether its reader runs, and whether it acknowledges what it has done.",
    ],
};
pub(super) const TASKS: Text = Text {
    id: "tasks",
    severity: AlertSeverity::Warning,
    subject: "tasks wait",
    lines: [
        "More tasks come into a queue than its target works off.",
        "Look at the errors of the target, at `rate` and `concurrency` of the queue, and at `max` of the target.",
    ],
};
pub(super) const PUBLIC_GRANTS: Text = Text {
    id: "public-grants",
    severity: AlertSeverity::Critical,
    subject: "something was opened to everybody",
    lines: [
        "Somebody granted a role to `allUsers` or `allAuthenticatedUsers`; the entry in the log tells who, and on what.",
        "What the blueprint opens is told too, as it is applied. Take away anything else.",
    ],
};
pub(super) const ROTATION: Text = Text {
    id: "rotation",
    severity: AlertSeverity::Warning,
    subject: "a secret is to be replaced",
    lines: [
        "Secret Manager says so by a message, which names the secret and waits until somebody takes it.",
        "README.md says how: a new version, the pin, the old version disabled, and then the message.",
    ],
};
pub(super) const SECRETS: Text = Text {
    id: "secrets",
    severity: AlertSeverity::Critical,
    subject: "somebody read a secret",
    lines: [
        "Not an account of the project: a person, or an account from elsewhere. The entry in the log tells who.",
        "If nobody meant to, make a new version, pin it, disable the old one, and look how they came by the right.",
    ],
};
