use crate::plan::model::{Waf, WafAction, WafField, WafMatch};
use crate::plan::resolve::testing::{API, INTERNAL, Resolved, WAF, resolve};

/// The shared policy of a public service and this WAF.
fn policy(waf: &str) -> Waf {
    resolve(&[API, waf]).plan().wafs[0].clone()
}

/// The errors of a public service and this WAF.
fn errors(waf: &str) -> Vec<&'static str> {
    resolve(&[API, waf]).errors
}

fn priorities(waf: &Waf) -> Vec<(u32, &str)> {
    waf.rules
        .iter()
        .map(|rule| (rule.priority, rule.name.as_str()))
        .collect()
}

const TRUSTED: &str =
    r#"exceptions = [{ rule = "waf-trust", reason = "r", owner = "o", expires = 2027-01-01 }]"#;

#[test]
fn the_default_has_every_set_a_limit_and_the_literal_cve_rule() {
    let waf = policy(WAF);
    assert_eq!(waf.name, "shop");
    let expected = [
        (100, "cve"),
        (1000, "sqli"),
        (1010, "xss"),
        (1020, "lfi"),
        (1030, "rfi"),
        (1040, "rce"),
        (1050, "methodenforcement"),
        (1060, "scannerdetection"),
        (1070, "protocolattack"),
        (1080, "php"),
        (1090, "sessionfixation"),
        (1100, "java"),
        (1110, "generic"),
        (9000, "rate-limit"),
        (2_147_483_647, "default"),
    ];
    assert_eq!(priorities(&waf), expected);
    assert_eq!(
        waf.rules[0].matches,
        WafMatch::Expression("evaluatePreconfiguredWaf('cve-canary')".to_owned())
    );
    assert_eq!(
        waf.rules[1].matches,
        WafMatch::Expression(
            "evaluatePreconfiguredWaf('sqli-v422-stable', {'sensitivity': 1})".to_owned()
        )
    );
    assert!(
        waf.rules
            .iter()
            .all(|rule| !rule.preview && rule.description.len() <= 64)
    );
    assert!(waf.adaptive && !waf.verbose_logging);
}

#[test]
fn a_preview_holds_back_guesses_but_not_lists_and_known_holes() {
    let waf = policy(
        r#"
[waf]
mode = "preview"
deny = ["198.51.100.0/24"]
regions = { deny = ["KP"] }
custom = [{ name = "bots", when = "has(request.headers['x-bot'])", action = "deny", priority = 300 }]
"#,
    );
    let held: Vec<&str> = waf
        .rules
        .iter()
        .filter(|rule| !rule.preview)
        .map(|rule| rule.name.as_str())
        .collect();
    assert_eq!(held, ["cve", "deny", "default"]);
}

#[test]
fn dropping_a_set_moves_no_other() {
    let waf = policy("[waf]\nmode = \"enforce\"\nrules = [\"generic\", \"xss\"]\n");
    assert_eq!(priorities(&waf)[1..3], [(1010, "xss"), (1110, "generic")]);
}

#[test]
fn a_ban_has_a_priority_of_its_own() {
    let limit = "rate_limit = { requests = 100, per = \"60s\", action = \"ban\", ban = \"600s\" }";
    let waf = policy(&format!("[waf]\nmode = \"enforce\"\n{limit}\n"));
    let rule = Resolved::rule(&waf, "rate-limit").cloned();
    assert_eq!(rule.as_ref().map(|rule| rule.priority), Some(9001));
    let Some(WafAction::Ban(limit, ban)) = rule.map(|rule| rule.action) else {
        panic!("no ban")
    };
    assert_eq!(
        (limit.requests, limit.per, limit.key.as_str(), ban.seconds),
        (100, 60, "IP", 600)
    );
}

#[test]
fn where_only_some_are_let_in_the_default_refuses_and_no_limit_lets_in_others() {
    let ranges: Vec<String> = (0..12)
        .map(|number| format!("\"203.0.113.{number}\""))
        .collect();
    let waf = policy(&format!(
        "[waf]\nmode = \"preview\"\nonly = [{}]\n",
        ranges.join(", ")
    ));
    let tail = &waf.rules[waf.rules.len() - 5..];
    let shown: Vec<(u32, &str)> = tail
        .iter()
        .map(|rule| (rule.priority, rule.name.as_str()))
        .collect();
    assert_eq!(
        shown,
        [
            (9000, "rate-limit"),
            (9002, "rate-limit-2"),
            (9500, "only"),
            (9501, "only-2"),
            (2_147_483_647, "default")
        ]
    );
    assert_eq!(tail[4].action, WafAction::Deny(403));
    let everybody = WafMatch::Ranges(vec!["*".to_owned()]);
    let lets_in_everybody = |rule: &&crate::plan::model::WafRule| {
        rule.matches == everybody && !matches!(rule.action, WafAction::Deny(_))
    };
    assert_eq!(waf.rules.iter().find(lets_in_everybody), None);
    // What lets them in holds in preview too; else the default would refuse them.
    assert!(!tail[2].preview && tail[0].preview);
}

#[test]
fn trusted_ranges_come_after_all_that_refuses_and_need_an_exception() {
    assert_eq!(
        errors("[waf]\nmode = \"enforce\"\ntrust = [\"192.0.2.0/24\"]\n"),
        ["waf-trust"]
    );
    let waf = policy(&format!(
        "[waf]\nmode = \"enforce\"\ntrust = [\"192.0.2.0/24\"]\ndeny = [\"192.0.2.7\"]\n{TRUSTED}\n"
    ));
    assert_eq!(
        priorities(&waf)[..4],
        [(100, "cve"), (110, "deny"), (900, "trust"), (1000, "sqli")]
    );
    assert_eq!(
        waf.rules[1].matches,
        WafMatch::Ranges(vec!["192.0.2.7/32".to_owned()])
    );
}

#[test]
fn countries_are_one_part_of_an_expression() {
    let of = |regions: &str| {
        let waf = policy(&format!("[waf]\nmode = \"enforce\"\nregions = {regions}\n"));
        Resolved::rule(&waf, "regions").map(|rule| rule.matches.clone())
    };
    let expression = |text: &str| Some(WafMatch::Expression(text.to_owned()));
    assert_eq!(
        of("{ only = [\"JP\", \"DE\"] }"),
        expression("!origin.region_code.matches('^(DE|JP)$')")
    );
    assert_eq!(
        of("{ deny = [\"KP\"] }"),
        expression("origin.region_code.matches('^(KP)$')")
    );
}

#[test]
fn signatures_and_fields_are_left_out_of_their_set_alone() {
    let waf = policy(
        r#"
[waf]
mode = "enforce"
opt_out = ["owasp-crs-v042200-id942350-sqli", "owasp-crs-v042200-id942100-sqli"]
exclude = [{ rule = "xss", cookie = "cart" }, { rule = "xss", ids = ["owasp-crs-v042200-id941100-xss"], query = "q-", compare = "starts-with" }]
"#,
    );
    let matches = Resolved::rule(&waf, "sqli").map(|rule| rule.matches.clone());
    let expected = "evaluatePreconfiguredWaf('sqli-v422-stable', {'sensitivity': 1, 'opt_out_rule_ids': \
                    ['owasp-crs-v042200-id942100-sqli', 'owasp-crs-v042200-id942350-sqli']})";
    assert_eq!(matches, Some(WafMatch::Expression(expected.to_owned())));
    let exclusions = Resolved::rule(&waf, "xss")
        .map(|rule| rule.exclusions.clone())
        .unwrap_or_default();
    assert_eq!(exclusions.len(), 2);
    assert_eq!(exclusions[0].rule_set, "xss-v422-stable");
    assert_eq!(
        (exclusions[0].field, exclusions[0].operator.as_str()),
        (WafField::Cookie, "EQUALS")
    );
    assert_eq!(
        (exclusions[1].field, exclusions[1].operator.as_str()),
        (WafField::QueryParam, "STARTS_WITH")
    );
}

#[test]
fn a_service_with_a_limit_of_its_own_has_a_policy_of_its_own() {
    let resolved = resolve(&[API, "rate_limit = { requests = 5, per = \"10s\" }\n", WAF]);
    let plan = resolved.plan();
    let names: Vec<&str> = plan.wafs.iter().map(|waf| waf.name.as_str()).collect();
    assert_eq!(names, ["shop", "shop-api"]);
    assert_eq!(plan.wafs[0].rules.len(), plan.wafs[1].rules.len());
    let backend = plan.edge.as_ref().map(|edge| edge.backends[0].waf.as_str());
    assert_eq!(backend, Some("shop-api"));
    // Two policies of 13 rules with an expression are more than projects usually may have.
    assert_eq!(resolved.warnings, ["waf-quota"]);
}

#[test]
fn what_cannot_be_is_an_error_at_its_place() {
    let cases = [
        ("sensitivity = 5", "waf-sensitivity"),
        ("rules = [\"sqly\"]", "waf-rule-unknown"),
        ("rules = [\"nodejs\"]", "waf-rule-unknown"),
        ("rules = []", "waf-without-rules"),
        ("opt_out = [\"942350\"]", "waf-signature-unknown"),
        (
            "opt_out = [\"owasp-crs-v030301-id942350-sqli\"]",
            "waf-signature-unknown",
        ),
        (
            "opt_out = [\"owasp-crs-v042200-id942110-sqli\"]",
            "waf-signature-unknown",
        ),
        ("exclude = [{ cookie = \"a\" }]", "missing-key"),
        (
            "exclude = [{ rule = \"xss\", cookie = \"a\", header = \"b\" }]",
            "waf-exclude-field",
        ),
        (
            "exclude = [{ rule = \"xss\", ids = [\"owasp-crs-v042200-id942350-sqli\"], uri = \"/a\" }]",
            "waf-signature-unknown",
        ),
        ("deny = [\"10.0.0.1/8\"]", "waf-range-invalid"),
        ("deny = [\"office\"]", "waf-range-invalid"),
        ("only = [\"::/0\"]", "waf-range-everyone"),
        ("regions = { only = [\"UK\"] }", "region-code-invalid"),
        ("regions = { only = [\"jp\"] }", "region-code-invalid"),
        (
            "regions = { only = [\"JP\"], deny = [\"KP\"] }",
            "waf-regions-contradict",
        ),
        ("rate_limit = { per = \"60s\" }", "missing-key"),
        ("rate_limit = { requests = 0 }", "rate-limit-requests"),
        (
            "rate_limit = { requests = 20000, action = \"ban\" }",
            "rate-limit-requests",
        ),
        (
            "rate_limit = { requests = 10, per = \"45s\" }",
            "rate-limit-interval",
        ),
        (
            "rate_limit = { requests = 10, ban = \"60s\" }",
            "rate-limit-ban",
        ),
        (
            "rate_limit = { requests = 10, action = \"ban\", ban = \"10s\" }",
            "rate-limit-ban",
        ),
        (
            "rate_limit = { requests = 10, key = \"header:\" }",
            "rate-limit-key",
        ),
        (
            "rate_limit = { requests = 10, key = \"ipp\" }",
            "rate-limit-key",
        ),
        (
            "custom = [{ name = \"a\", when = \"true\", action = \"deny\" }]",
            "missing-key",
        ),
        (
            "custom = [{ name = \"a\", when = \"true\", action = \"deny\", priority = 1000 }]",
            "waf-custom-priority",
        ),
        (
            "custom = [{ name = \"a\", when = \"true\", action = \"allow\", priority = 300 }]",
            "waf-trust",
        ),
        (
            "custom = [{ name = \"a\", when = \"(true\", action = \"deny\", priority = 300 }]",
            "waf-expression",
        ),
        (
            "custom = [{ name = \"a\", when = \"a&&b&&c&&d&&e&&f\", action = \"deny\", priority = 300 }]",
            "waf-expression",
        ),
        (
            "custom = [{ name = \"a\", when = \"evaluatePreconfiguredExpr('x')\", action = \"deny\", priority = 300 }]",
            "waf-expression",
        ),
    ];
    for (written, code) in cases {
        assert_eq!(
            errors(&format!("[waf]\nmode = \"enforce\"\n{written}\n")),
            [code],
            "{written}"
        );
    }
    let twice = r#"
[waf]
mode = "enforce"
custom = [
  { name = "a", when = "true", action = "deny", priority = 300 },
  { name = "a", when = "true", action = "deny", priority = 300 },
]
"#;
    assert_eq!(errors(twice), ["waf-custom-twice", "waf-custom-twice"]);
}

#[test]
fn a_public_service_needs_a_mode_and_an_internal_one_no_waf() {
    assert_eq!(resolve(&[API]).errors, ["waf-mode-missing"]);
    assert_eq!(
        resolve(&[API, "[waf]\ncrs = \"3.3\"\n"]).errors,
        ["waf-mode-missing"]
    );
    let resolved = resolve(&[INTERNAL, WAF]);
    assert!(resolved.plan().wafs.is_empty());
    assert_eq!(resolved.warnings, ["waf-unused"]);
    let limited = resolve(&[INTERNAL, "rate_limit = { requests = 5 }\n"]);
    assert_eq!(limited.errors, ["rate-limit-without-waf"]);
}

#[test]
fn the_older_version_has_its_own_names() {
    let waf = policy("[waf]\nmode = \"enforce\"\ncrs = \"3.3\"\nsensitivity = 2\n");
    assert_eq!(
        Resolved::rule(&waf, "nodejs").map(|rule| rule.matches.clone()),
        Some(WafMatch::Expression(
            "evaluatePreconfiguredWaf('nodejs-v33-stable', {'sensitivity': 2})".to_owned()
        ))
    );
}

#[test]
fn headers_are_named_in_lower_case() {
    let header = |name: &str| {
        let when = format!("has(request.headers['{name}'])");
        resolve(&[API, WAF, &format!("custom = [{{ name = \"a\", when = \"{when}\", action = \"deny\", priority = 300 }}]\n")]).errors
    };
    assert!(header("user-agent").is_empty());
    assert_eq!(header("User-Agent"), ["waf-expression"]);
}
