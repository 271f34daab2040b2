//! The words of Terraform and of gcloud for the same setting. What stands in no row keeps Terraform's word, so that it shows as
//! a difference.

use crate::cloud::Form::{self, Dashed, IfOn, Is, Not, Path, Same, Set, Skip, Without, Words};

/// A type of resource, gcloud's kind, and the arguments that make up its name.
#[rustfmt::skip] // a table is read by its rows
pub const KINDS: &[(&str, &str, &[&str])] = &[
    ("google_certificate_manager_certificate", "certificate-manager certificates", &["name"]),
    ("google_certificate_manager_certificate_map", "certificate-manager maps", &["name"]),
    ("google_certificate_manager_certificate_map_entry", "certificate-manager maps entries", &["map", "name"]),
    ("google_certificate_manager_dns_authorization", "certificate-manager dns-authorizations", &["name"]),
    ("google_cloud_run_domain_mapping", "run domain-mappings", &["name"]),
    ("google_cloud_run_v2_job", "run jobs", &["name"]),
    ("google_cloud_run_v2_service", "run services", &["name"]),
    ("google_compute_address", "compute addresses", &["name"]),
    ("google_compute_backend_service", "compute backend-services", &["name"]),
    ("google_compute_firewall", "compute firewall-rules", &["name"]),
    ("google_compute_global_address", "compute addresses", &["name"]),
    ("google_compute_global_forwarding_rule", "compute forwarding-rules", &["name"]),
    ("google_compute_managed_ssl_certificate", "compute ssl-certificates", &["name"]),
    ("google_compute_network", "compute networks", &["name"]),
    ("google_compute_region_network_endpoint_group", "compute network-endpoint-groups", &["name"]),
    ("google_compute_route", "compute routes", &["name"]),
    ("google_compute_router", "compute routers", &["name"]),
    ("google_compute_router_nat", "compute routers nats", &["router", "name"]),
    ("google_compute_security_policy", "compute security-policies", &["name"]),
    ("google_compute_ssl_policy", "compute ssl-policies", &["name"]),
    ("google_compute_subnetwork", "compute networks subnets", &["name"]),
    ("google_compute_target_http_proxy", "compute target-http-proxies", &["name"]),
    ("google_compute_target_https_proxy", "compute target-https-proxies", &["name"]),
    ("google_compute_url_map", "compute url-maps", &["name"]),
    ("google_dns_managed_zone", "dns managed-zones", &["name"]),
    ("google_dns_policy", "dns policies", &["name"]),
    ("google_dns_record_set", "dns record-sets", &["managed_zone", "type", "name"]),
    ("google_secret_manager_secret", "secrets", &["secret_id"]),
    ("google_service_account", "iam service-accounts", &["account_id"]),
    ("google_service_networking_connection", "services vpc-peerings", &["network"]),
    ("google_sql_database", "sql databases", &["instance", "name"]),
    ("google_sql_database_instance", "sql instances", &["name"]),
    ("google_sql_user", "sql users", &["instance", "name"]),
];

/// Kinds whose labels are those of the provider beside their own.
pub const LABELLED: &[&str] = &[
    "certificate-manager certificates",
    "certificate-manager dns-authorizations",
    "certificate-manager maps",
    "certificate-manager maps entries",
    "compute addresses",
    "compute forwarding-rules",
    "dns managed-zones",
    "run jobs",
    "run services",
    "secrets",
];

const NETWORK: Form = Path("global/networks");
const SECONDS: Form = Without("", "s");
const ON: Form = Words(&[("{}", "true")]);

/// The path of an argument, gcloud's flag, and how its value is read.
pub type Row = (&'static str, &'static str, Form);

/// Rows for every kind.
pub const COMMON: &[Row] = &[
    ("depends_on", "", Skip),
    ("lifecycle.create_before_destroy", "", Skip),
    ("lifecycle.ignore_changes", "", Skip),
    ("labels", "labels", Set),
    ("network", "network", NETWORK),
    ("region", "region", Same),
];

/// Rows by type.
#[rustfmt::skip] // a table is read by its rows
pub const ROWS: &[(&str, &[Row])] = &[
    ("google_certificate_manager_certificate", &[
        ("location", "", Is("global")),
        ("scope", "", Is("DEFAULT")),
        ("managed.domains", "domains", Set),
        ("managed.dns_authorizations", "dns-authorizations", Same),
    ]),
    ("google_certificate_manager_certificate_map_entry", &[
        ("hostname", "hostname", Same),
        ("certificates", "certificates", Same),
    ]),
    ("google_certificate_manager_dns_authorization", &[
        ("location", "", Is("global")),
        ("type", "type", Dashed),
    ]),
    ("google_cloud_run_domain_mapping", &[
        ("location", "region", Same),
        ("metadata.namespace", "", Skip),
        ("spec.route_name", "service", Same),
        ("spec.certificate_mode", "", Is("AUTOMATIC")),
    ]),
    ("google_compute_address", &[
        ("address_type", "address-type", Same),
        ("network_tier", "", Is("PREMIUM")),
    ]),
    ("google_compute_backend_service", &[
        ("load_balancing_scheme", "load-balancing-scheme", Same),
        ("security_policy", "security-policy", Same),
        ("custom_response_headers", "custom-response-header", Set),
        ("backend.group", "backends", Same),
        ("log_config.enable", "enable-logging", Same),
        ("log_config.sample_rate", "logging-sample-rate", Same),
        ("log_config.optional_mode", "logging-optional", Same),
        ("iap.enabled", "iap", Words(&[("true", "enabled"), ("false", "disabled")])),
    ]),
    ("google_compute_firewall", &[
        ("direction", "direction", Dashed),
        ("destination_ranges", "destination-ranges", Set),
        ("source_ranges", "source-ranges", Set),
        ("target_tags", "target-tags", Set),
        ("log_config", "enable-logging", ON),
        ("log_config.metadata", "logging-metadata", Words(&[("INCLUDE_ALL_METADATA", "include-all")])),
    ]),
    ("google_compute_global_address", &[
        ("address_type", "address-type", Same),
        ("address", "addresses", Same),
        ("ip_version", "ip-version", Same),
        ("prefix_length", "prefix-length", Same),
    ]),
    ("google_compute_global_forwarding_rule", &[
        ("load_balancing_scheme", "load-balancing-scheme", Same),
        ("ip_address", "address", Same),
        ("ip_protocol", "", Is("TCP")),
        ("port_range", "ports", Same),
    ]),
    ("google_compute_managed_ssl_certificate", &[("managed.domains", "domains", Set)]),
    ("google_compute_network", &[
        ("auto_create_subnetworks", "subnet-mode", Words(&[("false", "custom"), ("true", "auto")])),
        ("routing_mode", "bgp-routing-mode", Dashed),
        ("delete_default_routes_on_create", "default-routes", Words(&[("true", "none"), ("false", "kept")])),
    ]),
    ("google_compute_region_network_endpoint_group", &[
        ("network_endpoint_type", "network-endpoint-type", Dashed),
        ("cloud_run.service", "cloud-run-service", Same),
    ]),
    ("google_compute_route", &[
        ("dest_range", "destination-range", Same),
        ("next_hop_gateway", "next-hop-gateway", Same),
    ]),
    ("google_compute_router_nat", &[
        ("nat_ip_allocate_option", "", Is("MANUAL_ONLY")),
        ("nat_ips", "nat-external-ip-pool", Same),
        ("enable_dynamic_port_allocation", "enable-dynamic-port-allocation", Same),
        ("enable_endpoint_independent_mapping", "enable-endpoint-independent-mapping", Same),
        ("min_ports_per_vm", "min-ports-per-vm", Same),
        ("max_ports_per_vm", "max-ports-per-vm", Same),
        ("source_subnetwork_ip_ranges_to_nat", "", Is("LIST_OF_SUBNETWORKS")),
        ("subnetwork.name", "nat-custom-subnet-ip-ranges", Path("regions/REGION/subnetworks")),
        ("subnetwork.source_ip_ranges_to_nat", "", Is("PRIMARY_IP_RANGE")),
        ("log_config.enable", "enable-logging", Same),
        ("log_config.filter", "log-filter", Same),
    ]),
    ("google_compute_security_policy", &[
        ("advanced_options_config.json_parsing", "json-parsing", Same),
        ("advanced_options_config.request_body_inspection_size", "request-body-inspection-size", Same),
        ("advanced_options_config.log_level", "log-level", Same),
        ("adaptive_protection_config.layer_7_ddos_defense_config.enable", "enable-layer7-ddos-defense", Same),
        (
            "adaptive_protection_config.layer_7_ddos_defense_config.rule_visibility",
            "layer7-ddos-defense-rule-visibility",
            Same,
        ),
    ]),
    ("google_compute_ssl_policy", &[(
        "min_tls_version",
        "min-tls-version",
        Words(&[("TLS_1_2", "1.2"), ("TLS_1_3", "1.3")]),
    )]),
    ("google_compute_subnetwork", &[
        ("ip_cidr_range", "range", Same),
        ("stack_type", "stack-type", Same),
        ("private_ip_google_access", "enable-private-ip-google-access", Same),
        ("log_config", "enable-flow-logs", ON),
        ("log_config.aggregation_interval", "logging-aggregation-interval", Dashed),
        ("log_config.flow_sampling", "logging-flow-sampling", Same),
        ("log_config.metadata", "logging-metadata", Words(&[("INCLUDE_ALL_METADATA", "include-all")])),
    ]),
    ("google_compute_target_http_proxy", &[("url_map", "url-map", Same)]),
    ("google_compute_target_https_proxy", &[
        ("url_map", "url-map", Same),
        ("certificate_map", "certificate-map", Without("//certificatemanager.googleapis.com/", "")),
        ("ssl_certificates", "ssl-certificates", Same),
        ("ssl_policy", "ssl-policy", Same),
        ("quic_override", "quic-override", Same),
        ("tls_early_data", "tls-early-data", Same),
    ]),
    ("google_dns_managed_zone", &[
        ("dns_name", "dns-name", Same),
        ("private_visibility_config.networks.network_url", "networks", NETWORK),
    ]),
    ("google_dns_policy", &[
        ("enable_logging", "enable-logging", Same),
        ("networks.network_url", "networks", NETWORK),
    ]),
    ("google_dns_record_set", &[("rrdatas", "rrdatas", Set)]),
    ("google_secret_manager_secret", &[
        ("version_destroy_ttl", "version-destroy-ttl", Same),
        ("replication.user_managed", "replication-policy", Words(&[("{}", "user-managed")])),
    ]),
    ("google_service_account", &[("display_name", "display-name", Same)]),
    ("google_service_networking_connection", &[
        ("reserved_peering_ranges", "ranges", Same),
        ("update_on_creation_fail", "", Is("true")),
        ("deletion_policy", "", Is("ABANDON")),
    ]),
    ("google_sql_database", &[("deletion_policy", "", Is("ABANDON"))]),
    ("google_sql_user", &[
        ("type", "type", Dashed),
        ("deletion_policy", "", Is("ABANDON")),
    ]),
    ("google_sql_database_instance", &[
        ("database_version", "database-version", Same),
        ("master_instance_name", "master-instance-name", Same),
        ("lifecycle.prevent_destroy", "prevent-destroy", Same),
        // Terraform's own refusal beside the API's.
        ("deletion_protection", "terraform-protection", Same),
        ("settings.tier", "tier", Same),
        ("settings.edition", "edition", Dashed),
        ("settings.availability_type", "availability-type", Same),
        ("settings.disk_type", "storage-type", Words(&[("PD_SSD", "SSD")])),
        ("settings.disk_autoresize", "storage-auto-increase", Same),
        ("settings.deletion_protection_enabled", "deletion-protection", Same),
        ("settings.retain_backups_on_delete", "retain-backups-on-delete", Same),
        ("settings.connector_enforcement", "connector-enforcement", Same),
        ("settings.user_labels", "labels", Set),
        ("settings.ip_configuration.ipv4_enabled", "assign-ip", Same),
        ("settings.ip_configuration.private_network", "network", NETWORK),
        ("settings.ip_configuration.allocated_ip_range", "allocated-ip-range-name", Same),
        ("settings.ip_configuration.ssl_mode", "ssl-mode", Same),
        ("settings.ip_configuration.server_ca_mode", "server-ca-mode", Same),
        ("settings.backup_configuration.enabled", "backup", Same),
        ("settings.backup_configuration.start_time", "backup-start-time", Same),
        ("settings.backup_configuration.location", "backup-location", Same),
        ("settings.backup_configuration.point_in_time_recovery_enabled", "enable-point-in-time-recovery", Same),
        ("settings.backup_configuration.binary_log_enabled", "enable-bin-log", Same),
        ("settings.backup_configuration.transaction_log_retention_days", "retained-transaction-log-days", Same),
        ("settings.backup_configuration.backup_retention_settings.retained_backups", "retained-backups-count", Same),
        ("settings.backup_configuration.backup_retention_settings.retention_unit", "", Is("COUNT")),
        (
            "settings.maintenance_window.day",
            "maintenance-window-day",
            Words(&[
                ("1", "MON"),
                ("2", "TUE"),
                ("3", "WED"),
                ("4", "THU"),
                ("5", "FRI"),
                ("6", "SAT"),
                ("7", "SUN"),
            ]),
        ),
        ("settings.maintenance_window.hour", "maintenance-window-hour", Same),
        ("settings.maintenance_window.update_track", "maintenance-release-channel", Words(&[("stable", "production")])),
        ("settings.insights_config.query_insights_enabled", "insights-config-query-insights-enabled", Same),
        ("settings.insights_config.query_string_length", "insights-config-query-string-length", Same),
        ("settings.insights_config.record_application_tags", "insights-config-record-application-tags", Same),
        ("settings.insights_config.record_client_address", "insights-config-record-client-address", Same),
    ]),
    ("google_cloud_run_v2_service", &[
        ("location", "region", Same),
        ("launch_stage", "", Is("GA")),
        (
            "ingress",
            "ingress",
            Words(&[
                ("INGRESS_TRAFFIC_INTERNAL_ONLY", "internal"),
                ("INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER", "internal-and-cloud-load-balancing"),
                ("INGRESS_TRAFFIC_ALL", "all"),
            ]),
        ),
        ("invoker_iam_disabled", "invoker-iam-check", Not),
        ("iap_enabled", "iap", Same),
        ("default_uri_disabled", "default-url", Not),
        ("custom_audiences", "set-custom-audiences", Set),
        ("traffic.type", "traffic", Words(&[("TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", "latest")])),
        ("traffic.percent", "", Is("100")),
        ("template.labels", "labels", Set),
        ("template.service_account", "service-account", Same),
        ("template.execution_environment", "execution-environment", Words(&[("EXECUTION_ENVIRONMENT_GEN2", "gen2")])),
        ("template.max_instance_request_concurrency", "concurrency", Same),
        ("template.timeout", "timeout", SECONDS),
        ("template.session_affinity", "session-affinity", IfOn),
        ("template.scaling.min_instance_count", "min-instances", Same),
        ("template.scaling.max_instance_count", "max-instances", Same),
    ]),
    ("google_cloud_run_v2_job", &[
        ("location", "region", Same),
        ("launch_stage", "", Is("GA")),
        ("run_execution_token", "", Skip),
        ("template.labels", "labels", Set),
        ("template.task_count", "tasks", Same),
        ("template.parallelism", "parallelism", Same),
        ("template.template.service_account", "service-account", Same),
        ("template.template.execution_environment", "", Is("EXECUTION_ENVIRONMENT_GEN2")),
        ("template.template.max_retries", "max-retries", Same),
        ("template.template.timeout", "task-timeout", SECONDS),
    ]),
];
