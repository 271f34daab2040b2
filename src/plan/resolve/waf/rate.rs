//! The limit of requests.

use crate::blueprint::schema::{RateAction, RateLimit as Written};
use crate::blueprint::{Key, Place};
use crate::name::is_http_token;
use crate::plan::google::waf::{self as armor, priority};
use crate::plan::model::{Ban, RateLimit, WafAction, WafMatch, WafMode, WafRule};
use crate::rules;

use super::lists::numbered;
use super::{Context, rule};

/// The rules of the limit: for everybody, or ten ranges a rule where only they are let in. A limit lets through what is
/// below it, so for everybody it would let in everybody.
pub(super) fn rules(
    cx: &mut Context<'_>,
    key: &Key,
    written: Option<&Written>,
    only: &[String],
    mode: WafMode,
) -> Vec<WafRule> {
    let action = match written {
        Some(written) => action(cx, key, written),
        None => WafAction::Throttle(RateLimit {
            requests: armor::DEFAULT_REQUESTS,
            per: armor::DEFAULT_INTERVAL,
            key: "IP".to_owned(),
            key_name: None,
        }),
    };
    let first = if matches!(action, WafAction::Ban(..)) {
        priority::BAN
    } else {
        priority::THROTTLE
    };
    let everybody = [vec!["*".to_owned()]];
    let chunks: Vec<Vec<String>> = match only {
        [] => everybody.to_vec(),
        only => only
            .chunks(armor::RANGES_MAX)
            .map(<[String]>::to_vec)
            .collect(),
    };
    let of_chunk = |(chunk, number): (Vec<String>, u32)| {
        let description = "rate limit, after the WAF rules: what is within it passes".to_owned();
        let matches = WafMatch::Ranges(chunk);
        let mut rule = rule(
            first + 2 * number,
            numbered("rate-limit", number),
            description,
            matches,
            action.clone(),
        );
        rule.preview = mode == WafMode::Preview;
        rule
    };
    chunks.into_iter().zip(0..).map(of_chunk).collect()
}

fn action(cx: &mut Context<'_>, key: &Key, written: &Written) -> WafAction {
    let is_ban = written.action == Some(RateAction::Ban);
    let most = if is_ban {
        armor::BAN_MAX
    } else {
        armor::THROTTLE_MAX
    };
    let requests = match written.requests {
        None => {
            cx.missing(key, "requests", "how many requests are let through");
            armor::DEFAULT_REQUESTS
        }
        Some(requests) => {
            if !(1..=most).contains(&requests) {
                let what = if is_ban { "ban" } else { "throttle" };
                let place = Place::Value(key.then("requests"));
                let message = format!("a {what} cannot count {requests} requests");
                cx.report(
                    rules::RATE_LIMIT_REQUESTS,
                    message,
                    &place,
                    format!("takes 1 to {most}"),
                );
            }
            requests
        }
    };
    let per = written
        .per
        .map_or(armor::DEFAULT_INTERVAL, |per| per.seconds);
    if !armor::INTERVALS.contains(&per) {
        let place = Place::Value(key.then("per"));
        let all = armor::INTERVALS
            .map(|seconds| seconds.to_string())
            .join(", ");
        let message = format!("requests cannot be counted over {per} seconds");
        cx.report(
            rules::RATE_LIMIT_INTERVAL,
            message,
            &place,
            "no interval of Cloud Armor",
        )
        .help(format!("take one of {all} seconds"));
    }
    let (client, client_name) = client(cx, key, written.key.as_deref());
    let limit = RateLimit {
        requests,
        per,
        key: client,
        key_name: client_name,
    };
    let place = Place::Value(key.then("ban"));
    match (is_ban, written.ban) {
        (false, None) => WafAction::Throttle(limit),
        (false, Some(_)) => {
            cx.report(
                rules::RATE_LIMIT_BAN,
                "a throttle shuts nobody out",
                &place,
                "has no effect",
            )
            .help("write `action = \"ban\"`, or leave `ban` out");
            WafAction::Throttle(limit)
        }
        (true, ban) => {
            let seconds = ban.map_or(armor::DEFAULT_BAN, |ban| ban.seconds);
            if !armor::BAN_SECONDS.contains(&seconds) {
                let message = format!("nobody can be shut out for {seconds} seconds");
                cx.report(
                    rules::RATE_LIMIT_BAN,
                    message,
                    &place,
                    "takes one minute to one day",
                );
            }
            WafAction::Ban(limit, Ban { seconds })
        }
    }
}

/// By what clients are told apart: in Terraform's form, and the header's or cookie's name.
fn client(cx: &mut Context<'_>, key: &Key, written: Option<&str>) -> (String, Option<String>) {
    let Some(written) = written else {
        return ("IP".to_owned(), None);
    };
    let place = Place::Value(key.then("key"));
    if written == "xff-ip" {
        cx.report(
            rules::RATE_LIMIT_SPOOFABLE,
            "whoever sends a request writes `X-Forwarded-For`",
            &place,
            "can be forged",
        )
        .help(
            "take `ip`, unless a proxy of your own stands in front and everybody else is refused",
        );
    }
    if let Some((_, google)) = armor::KEYS.iter().find(|(name, _)| *name == written) {
        return ((*google).to_owned(), None);
    }
    if let Some((kind, name)) = written.split_once(':')
        && let Some((_, google)) = armor::NAMED_KEYS.iter().find(|(known, _)| *known == kind)
        && is_http_token(name)
    {
        return ((*google).to_owned(), Some(name.to_owned()));
    }
    let known = armor::KEYS.map(|(name, _)| format!("`{name}`")).join(", ");
    cx.report(
        rules::RATE_LIMIT_KEY,
        format!("clients cannot be told apart by `{written}`"),
        &place,
        "nothing that Cloud Armor sees",
    )
    .help(format!("take {known}, `header:NAME` or `cookie:NAME`"));
    ("IP".to_owned(), None)
}
