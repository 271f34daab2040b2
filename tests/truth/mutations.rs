//! Each promise bites: one change of what is written, in Terraform and in the scripts, and the model names the promise that it
//! breaks.

use std::collections::BTreeSet;

use std::fmt::Write;

use ravelin::tree::Tree;

use crate::cloud::differences;
use crate::declared::Declared;
use crate::examples::{Example, examples};
use crate::no_way_in::place;
use crate::reach::Broken::{self, *};
use crate::reach::holes;
use crate::readers::{gcloud, iam, terraform};

/// A promise, an example, a file of its environment `prod`, and what is changed there: every occurrence of a text.
type Mutation = (
    Broken,
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

const STORE: &str = "storefront.toml";
const ADMIN: &str = "iap-admin.toml";
/// The back office, let in from two ranges only.
const OFFICES: &str = "offices.toml";
const STATUS: &str = "domain-mapping.toml";
const INSIDE: &str = "internal-only.toml";
const INVOICES: &str = "scheduled-batch.toml";
const PARCELS: &str = "event-pipeline.toml";
const PAPERS: &str = "document-store.toml";
const QUEUE: &str = "queue-worker.toml";
const RIDES: &str = "mobile-api.toml";
const NOTES: &str = "web-database.toml";
const REPORTS: &str = "reports.toml";
const RATES: &str = "multi-region-api.toml";
/// Where the cache is one that exists already, in another project.
const TICKETS: &str = "mysql-shared-vpc.toml";

/// What opens something, by promise and backend.
#[rustfmt::skip] // a table is read by its rows
const MUTATIONS: &[Mutation] = &[
    // An internal service answers the internet.
    (InternalStaysInside, STORE, "terraform/services/service-orders.tf", &[("_INTERNAL_ONLY\"", "_ALL\"")]),
    (InternalStaysInside, STORE, "terraform/services/service-orders.tf", &[("_INTERNAL_ONLY\"", "_INTERNAL_LOAD_BALANCER\"")]),
    (InternalStaysInside, STORE, "gcloud/3-services.sh", &[("--ingress=internal ", "--ingress=all ")]),
    (InternalStaysInside, INSIDE, "gcloud/3-services.sh", &[("  --ingress=internal # never from the internet, not even through the load balancer\n", "")]),
    // A backend leads to another service.
    (InternalStaysInside, STORE, "terraform/services/load-balancer.tf", &[("service = \"web\"", "service = \"partner-api\"")]),
    (InternalStaysInside, STORE, "gcloud/3-services.sh", &[("--cloud-run-service=web", "--cloud-run-service=partner-api")]),
    // A host or path that nobody declares leads somewhere.
    (InternalStaysInside, STORE, "terraform/services/load-balancer.tf", &[("percentage  = 100", "percentage  = 0")]),
    (InternalStaysInside, STORE, "gcloud/3-services.sh", &[("percentage: 100.0", "percentage: 50.0")]),
    (InternalStaysInside, STORE, "terraform/services/load-balancer.tf", &[("[\"/partners\", \"/partners/*\"]", "[\"/partners\", \"/*\"]")]),
    (InternalStaysInside, STORE, "gcloud/3-services.sh", &[("    - \"/partners/*\"", "    - \"/*\"")]),
    // In another region: another policy, ingress or place than is declared.
    (PublicIsReached, RATES, "terraform/services/load-balancer.tf", &[("service = \"api-us-central1\"", "service = \"usage\"")]),
    (PublicIsReached, RATES, "gcloud/3-services.sh", &[("--cloud-run-service=api-us-central1", "--cloud-run-service=usage")]),
    (InternalStaysInside, RATES, "terraform/services/service-api-us-central1.tf", &[("= \"us-central1\"", "= \"us-east1\"")]),
    (PublicIsReached, RATES, "terraform/services/load-balancer.tf", &[("service = \"api-us-central1\"", "service = \"api\"")]),
    (PublicIsReached, RATES, "gcloud/3-services.sh", &[("  api-us-central1 us-central1\n", "  api europe-west1\n")]),
    (PublicPassesTheWaf, RATES, "terraform/services/service-api-us-central1.tf", &[("_INTERNAL_LOAD_BALANCER\"", "_ALL\""), ("default_uri_disabled = true", "default_uri_disabled = false")]),
    (CallersAreDeclared, RATES, "terraform/services/service-api-us-central1.tf", &[("group:partners@", "group:others@")]),
    (CallersAreDeclared, RATES, "gcloud/3-services.sh", &[("  --region=us-central1 \\\n  -- \\\n  roles/run.invoker group:partners@", "  --region=us-central1 \\\n  -- \\\n  roles/run.invoker group:others@")]),
    (TheNetworkIsClosed, RATES, "terraform/services/service-api-us-central1.tf", &[("\"ALL_TRAFFIC\"", "\"PRIVATE_RANGES_ONLY\"")]),
    // A private name leads elsewhere, is answered further away, without a certificate, or opened to others.
    (PrivateNamesAreGiven, QUEUE, "terraform/services/internal-load-balancer.tf", &[("service = \"tariffs\"", "service = \"api\"")]),
    (PrivateNamesAreGiven, QUEUE, "gcloud/3-services.sh", &[("--cloud-run-service=tariffs", "--cloud-run-service=api")]),
    (PrivateNamesAreGiven, QUEUE, "terraform/services/internal-load-balancer.tf", &[("allow_global_access   = false", "allow_global_access   = true")]),
    (PrivateNamesAreGiven, QUEUE, "gcloud/3-services.sh", &[("--no-allow-global-access", "--allow-global-access")]),
    (PrivateNamesAreGiven, QUEUE, "terraform/services/internal-load-balancer.tf", &[("port_range            = \"443\"", "port_range            = \"8443\"")]),
    (PrivateNamesAreGiven, QUEUE, "gcloud/3-services.sh", &[("--domains=tariffs.parcels.example.com", "--domains=other.parcels.example.com")]),
    (PrivateNamesAreGiven, QUEUE, "terraform/foundation/network.tf", &[("address_type = \"INTERNAL\"\n  purpose      = \"GCE_ENDPOINT\"", "address_type = \"EXTERNAL\"\n  network_tier = \"PREMIUM\"")]),
    (PrivateNamesAreGiven, QUEUE, "terraform/foundation/dns.tf", &[("google_compute_address.parcels_internal.address", "\"192.0.2.1\"")]),
    (PrivateNamesAreGiven, QUEUE, "gcloud/2-foundation.sh", &[("--target-tags=work-tracker \\\n  --enable-logging \\\n  --logging-metadata=include-all \\\n  --action=ALLOW \\\n  --rules=tcp:443", "--target-tags=work-payer \\\n  --enable-logging \\\n  --logging-metadata=include-all \\\n  --action=ALLOW \\\n  --rules=tcp:443")]),
    (InternalStaysInside, QUEUE, "terraform/services/internal-load-balancer.tf", &[("percentage  = 100", "percentage  = 0")]),
    (InternalStaysInside, QUEUE, "terraform/services/service-tariffs.tf", &[("_INTERNAL_ONLY\"", "_INTERNAL_LOAD_BALANCER\"")]),
    (PublicPassesTheWaf, QUEUE, "terraform/services/internal-load-balancer.tf", &[("\"RESTRICTED\"", "\"COMPATIBLE\"")]),
    // Public, and nothing leads there.
    (PublicIsReached, STORE, "terraform/services/load-balancer.tf", &[("service = \"web\"", "service = \"other\"")]),
    (PublicIsReached, STORE, "gcloud/3-services.sh", &[("--cloud-run-service=web", "--cloud-run-service=other")]),
    (PublicIsReached, STATUS, "terraform/services/service-status.tf", &[("_ALL\"", "_INTERNAL_ONLY\"")]),
    (PublicIsReached, STATUS, "gcloud/3-services.sh", &[("--ingress=all", "--ingress=internal")]),
    // Public, past the WAF.
    (PublicPassesTheWaf, STORE, "terraform/services/load-balancer.tf", &[("  security_policy       = google_compute_security_policy.storefront.id\n", "")]),
    (PublicPassesTheWaf, STORE, "gcloud/3-services.sh", &[("ensure gcloud compute backend-services update web \\\n  --global \\\n  --security-policy=storefront\n", "")]),
    (PublicPassesTheWaf, "minimal.toml", "terraform/services/service-api.tf", &[("_INTERNAL_LOAD_BALANCER\"", "_ALL\""), ("default_uri_disabled = true", "default_uri_disabled = false")]),
    (PublicPassesTheWaf, "minimal.toml", "gcloud/3-services.sh", &[("--ingress=internal-and-cloud-load-balancing", "--ingress=all"), ("--no-default-url", "--default-url")]),
    (PublicPassesTheWaf, STATUS, "terraform/services/service-status.tf", &[("\"status.example.com\"", "\"other.example.com\"")]),
    (PublicPassesTheWaf, STATUS, "gcloud/3-services.sh", &[("--domain=status.example.com", "--domain=other.example.com")]),
    // The WAF only logs, looks into nothing, or lets through before it looks.
    (PublicPassesTheWaf, STORE, "terraform/services/waf.tf", &[("preview     = false", "preview     = true")]),
    (PublicPassesTheWaf, STORE, "gcloud/3-services.sh", &[("--no-preview", "--preview")]),
    (PublicPassesTheWaf, STORE, "terraform/services/waf.tf", &[("evaluatePreconfiguredWaf('sqli-v422-stable', {'sensitivity': 1})", "false")]),
    (PublicPassesTheWaf, STORE, "gcloud/3-services.sh", &[("evaluatePreconfiguredWaf('sqli-v422-stable', {'sensitivity': 1})", "false")]),
    (PublicPassesTheWaf, STORE, "terraform/services/waf.tf", &[("priority    = 9001", "priority    = 50")]),
    (PublicPassesTheWaf, STORE, "gcloud/3-services.sh", &[("rules create 9001", "rules create 50"), (" 9001 ", " 50 ")]),
    (PublicPassesTheWaf, STORE, "terraform/services/waf.tf", &[("priority    = 2147483647", "priority    = 10")]),
    (PublicPassesTheWaf, STORE, "gcloud/3-services.sh", &[("rules create 2147483647", "rules create 10"), (" 2147483647\n", " 10\n")]),
    (PublicPassesTheWaf, STORE, "terraform/services/waf.tf", &[("\"deny(429)\"", "\"allow\"")]),
    (PublicPassesTheWaf, STORE, "gcloud/3-services.sh", &[("--exceed-action=deny-429", "--exceed-action=allow")]),
    (PublicPassesTheWaf, OFFICES, "terraform/services/waf.tf", &[("\"192.0.2.0/24\"", "\"192.0.0.0/8\"")]),
    (PublicPassesTheWaf, OFFICES, "gcloud/3-services.sh", &[("192.0.2.0/24", "192.0.0.0/8")]),
    (PublicPassesTheWaf, OFFICES, "terraform/services/waf.tf", &[("src_ip_ranges = [\"*\"]", "src_ip_ranges = [\"10.0.0.0/8\"]"), ("action      = \"deny(403)\"", "action      = \"allow\"")]),
    (PublicPassesTheWaf, OFFICES, "gcloud/3-services.sh", &[("--action=deny-403", "--action=allow")]),
    // Without TLS, or with an old one.
    (PublicPassesTheWaf, STORE, "terraform/services/load-balancer.tf", &[("\"TLS_1_2\"", "\"TLS_1_0\"")]),
    (PublicPassesTheWaf, STORE, "gcloud/3-services.sh", &[("--min-tls-version=1.2", "--min-tls-version=1.0")]),
    (PublicPassesTheWaf, STORE, "terraform/services/load-balancer.tf", &[("https_redirect         = true", "https_redirect         = false")]),
    (PublicPassesTheWaf, STORE, "gcloud/3-services.sh", &[("  --url-map=storefront-http ", "  --url-map=storefront ")]),
    // A database on the internet.
    (DatabasesArePrivate, STORE, "terraform/foundation/database-main.tf", &[("ipv4_enabled       = false", "ipv4_enabled       = true")]),
    (DatabasesArePrivate, STORE, "gcloud/2-foundation.sh", &[("--no-assign-ip", "--assign-ip")]),
    (DatabasesArePrivate, STORE, "gcloud/2-foundation.sh", &[("  --no-assign-ip # no public address\n", "")]),
    (DatabasesArePrivate, STORE, "terraform/foundation/database-main.tf", &[("\"ENCRYPTED_ONLY\"", "\"ALLOW_UNENCRYPTED_AND_ENCRYPTED\"")]),
    (DatabasesArePrivate, STORE, "gcloud/2-foundation.sh", &[("--ssl-mode=ENCRYPTED_ONLY", "--ssl-mode=ALLOW_UNENCRYPTED_AND_ENCRYPTED")]),
    // A database for somebody else.
    (DatabasesAreGiven, STORE, "terraform/foundation/database-main.tf", &[("\"run-orders@", "\"run-web@")]),
    (DatabasesAreGiven, STORE, "gcloud/2-foundation.sh", &[("sql users create run-orders@", "sql users create run-web@")]),
    (DatabasesAreGiven, STORE, "terraform/foundation/network.tf", &[("  target_tags        = [\"run-orders\"]\n", "")]),
    (DatabasesAreGiven, STORE, "gcloud/2-foundation.sh", &[("--target-tags=run-orders", "--target-tags=run-orders,run-web")]),
    (DatabasesAreGiven, STORE, "terraform/foundation/grants.tf", &[("google_service_account.run_orders.member", "google_service_account.run_web.member")]),
    (DatabasesAreGiven, STORE, "gcloud/2-foundation.sh", &[("/instances/main'", "/instances/'")]),
    (DatabasesAreGiven, RIDES, "terraform/foundation/grants.tf", &[("/instances/main-replica-1'", "/instances/main-replica-2'")]),
    (DatabasesAreGiven, RIDES, "gcloud/2-foundation.sh", &[("/instances/main-replica-1'", "/instances/main-replica-2'")]),
    // A user with a password whom nobody declares, with another's secret, or with an easy one; a login by IAM beside the password.
    (DatabasesAreGiven, RIDES, "gcloud/secrets.sh", &[("logs_in metabase-password acme-rides-prod main metabase", "logs_in metabase-password acme-rides-prod main mallory")]),
    (DatabasesAreGiven, RIDES, "gcloud/secrets.sh", &[("logs_in metabase-password ", "logs_in positions-ca ")]),
    (DatabasesAreGiven, RIDES, "terraform/foundation/database-main.tf", &[("min_length                  = 16", "min_length                  = 6")]),
    (DatabasesAreGiven, RIDES, "gcloud/2-foundation.sh", &[("--password-policy-min-length=16", "--password-policy-min-length=6")]),
    (DatabasesAreGiven, RIDES, "gcloud/2-foundation.sh", &[("  --enable-password-policy # of whoever logs in with a password, which ./secrets.sh makes with its user\n", "")]),
    (DatabasesAreGiven, RIDES, "terraform/foundation/database-main.tf", &[("\"run-live@", "\"run-metabase@")]),
    (DatabasesAreGiven, RIDES, "gcloud/2-foundation.sh", &[("sql users create run-live@", "sql users create run-metabase@")]),
    // A cache for somebody else, without a login, or without TLS.
    (CachesAreGiven, RIDES, "terraform/foundation/caches.tf", &[("\"IAM_AUTH\"", "\"AUTH_DISABLED\"")]),
    (CachesAreGiven, RIDES, "gcloud/2-foundation.sh", &[("--authorization-mode=iam-auth", "--authorization-mode=auth-disabled")]),
    (CachesAreGiven, RIDES, "terraform/foundation/caches.tf", &[("\"SERVER_AUTHENTICATION\"", "\"TRANSIT_ENCRYPTION_DISABLED\"")]),
    (CachesAreGiven, RIDES, "gcloud/2-foundation.sh", &[("  --transit-encryption-mode=server-authentication \\\n", "")]),
    (CachesAreGiven, RIDES, "terraform/foundation/caches.tf", &[("\"AUTH_MODE_IAM_AUTH\"", "\"AUTH_MODE_DISABLED\"")]),
    (CachesAreGiven, RIDES, "gcloud/2-foundation.sh", &[("  --auth-mode=iam-auth \\\n", "")]),
    (CachesAreGiven, RIDES, "terraform/foundation/caches.tf", &[("\"TRANSIT_ENCRYPTION_MODE_SERVER_AUTHENTICATION\"", "\"TRANSIT_ENCRYPTION_MODE_DISABLED\"")]),
    (CachesAreGiven, RIDES, "terraform/foundation/grants.tf", &[("/clusters/presence'", "/clusters/'")]),
    (CachesAreGiven, RIDES, "gcloud/2-foundation.sh", &[("--role=roles/redis.dbConnectionUser", "--role=roles/redis.editor")]),
    (CachesAreGiven, RIDES, "terraform/foundation/network.tf", &[("target_tags        = [\"run-live\"]", "target_tags        = [\"run-billing\"]")]),
    (CachesAreGiven, RIDES, "terraform/foundation/grants.tf", &[("/instances/positions'", "/instances/sessions'")]),
    (CachesAreGiven, RIDES, "gcloud/2-foundation.sh", &[("/instances/positions'@title", "/instances/'@title")]),
    (CachesAreGiven, RIDES, "terraform/foundation/grants.tf", &[("roles/memorystore.dbConnectionUser", "roles/memorystore.admin")]),
    (CachesAreGiven, TICKETS, "iam/elsewhere/acme-network-host.yaml", &[("/instances/sessions'", "/instances/'")]),
    (CachesAreGiven, TICKETS, "iam/elsewhere/acme-network-host.yaml", &[("memorystore.dbConnectionUser", "memorystore.admin")]),
    (CachesAreGiven, RIDES, "terraform/foundation/network.tf", &[("[\"run-api\", \"run-live\"]", "[\"run-api\", \"run-billing\"]")]),
    (CachesAreGiven, RIDES, "gcloud/2-foundation.sh", &[("--target-tags=run-api,run-live", "--target-tags=run-api,run-billing")]),
    // A database of Firestore for somebody else, all of them, or one that nothing declares.
    (FirestoresAreGiven, PAPERS, "terraform/foundation/grants.tf", &[("/databases/papers'", "/databases/(default)'")]),
    (FirestoresAreGiven, PAPERS, "gcloud/2-foundation.sh", &[("/databases/papers'@title", "/databases/(default)'@title")]),
    (FirestoresAreGiven, PAPERS, "terraform/foundation/grants.tf", &[("resource.name == 'projects/acme-papers-prod/databases/papers'", "resource.name != ''")]),
    (FirestoresAreGiven, PAPERS, "gcloud/2-foundation.sh", &[("--role=roles/datastore.viewer", "--role=roles/datastore.owner")]),
    (FirestoresAreGiven, PAPERS, "terraform/foundation/grants.tf", &[("roles/datastore.viewer", "roles/datastore.user")]),
    (FirestoresAreGiven, PAPERS, "terraform/foundation/firestores.tf", &[("= \"papers\"\n  location_id", "= \"others\"\n  location_id")]),
    (FirestoresAreGiven, PAPERS, "gcloud/2-foundation.sh", &[("databases create --database=papers", "databases create --database=others")]),
    // A secret for somebody else, or all of it.
    (SecretsAreGiven, RIDES, "terraform/foundation/secrets.tf", &[("google_service_account.run_live.member", "google_service_account.run_billing.member")]),
    (SecretsAreGiven, RIDES, "gcloud/2-foundation.sh", &[("gcloud secrets add-iam-policy-binding positions-ca", "gcloud secrets add-iam-policy-binding other-ca")]),
    (SecretsAreGiven, STORE, "terraform/foundation/secrets.tf", &[("google_service_account.run_orders.member", "google_service_account.run_web.member")]),
    (SecretsAreGiven, STORE, "gcloud/2-foundation.sh", &[("--member=serviceAccount:run-orders@", "--member=serviceAccount:run-web@")]),
    (SecretsAreGiven, STORE, "terraform/foundation/secrets.tf", &[("roles/secretmanager.secretAccessor", "roles/secretmanager.admin")]),
    (SecretsAreGiven, STORE, "gcloud/2-foundation.sh", &[("roles/secretmanager.secretAccessor", "roles/secretmanager.admin")]),
    // A bucket that could be opened, or whose objects somebody else reads or writes.
    (BucketsAreClosed, PAPERS, "terraform/foundation/buckets.tf", &[("\"enforced\"", "\"inherited\"")]),
    (BucketsAreClosed, PAPERS, "gcloud/2-foundation.sh", &[("  --public-access-prevention \\\n", "")]),
    (BucketsAreClosed, PAPERS, "terraform/foundation/buckets.tf", &[("uniform_bucket_level_access = true", "uniform_bucket_level_access = false")]),
    (BucketsAreClosed, PAPERS, "gcloud/2-foundation.sh", &[("--uniform-bucket-level-access", "--no-uniform-bucket-level-access")]),
    (RightsAreGiven, PAPERS, "terraform/foundation/buckets.tf", &[("roles/storage.objectCreator", "roles/storage.objectUser")]),
    (RightsAreGiven, PAPERS, "gcloud/2-foundation.sh", &[("roles/storage.objectCreator", "roles/storage.objectUser")]),
    (RightsAreGiven, PAPERS, "terraform/foundation/buckets.tf", &[("group:auditors@example.com", "domain:example.com")]),
    (RightsAreGiven, PAPERS, "gcloud/2-foundation.sh", &[("group:auditors@example.com", "domain:example.com")]),
    // A key that somebody else signs or decrypts with.
    (RightsAreGiven, PAPERS, "terraform/foundation/keys.tf", &[("roles/cloudkms.publicKeyViewer", "roles/cloudkms.signerVerifier")]),
    (RightsAreGiven, PAPERS, "gcloud/2-foundation.sh", &[("roles/cloudkms.publicKeyViewer", "roles/cloudkms.signerVerifier")]),
    (RightsAreGiven, PAPERS, "terraform/foundation/keys.tf", &[("crypto_key_id = google_kms_crypto_key.seal.id", "crypto_key_id = google_kms_crypto_key.details.id")]),
    (RightsAreGiven, PAPERS, "gcloud/2-foundation.sh", &[("kms keys add-iam-policy-binding seal", "kms keys add-iam-policy-binding details")]),
    // What is to lie under a key of one's own lies under one of Google's, or somebody else decrypts it.
    (KeysAreOwn, RIDES, "terraform/foundation/database-main.tf", &[("  encryption_key_name = google_kms_crypto_key_iam_member.cmek_sql_cloudkms_crypto_key_encrypter_decrypter_sqladmin_agent.crypto_key_id\n", "")]),
    (KeysAreOwn, RIDES, "gcloud/2-foundation.sh", &[("  --disk-encryption-key=projects/acme-rides-prod/locations/europe-west1/keyRings/rides/cryptoKeys/cmek-sql\n", "")]),
    (KeysAreOwn, RIDES, "terraform/foundation/caches.tf", &[("cmek_memorystore_cloudkms_crypto_key_encrypter_decrypter_memorystore_agent", "cmek_sql_cloudkms_crypto_key_encrypter_decrypter_sqladmin_agent")]),
    (KeysAreOwn, RIDES, "gcloud/2-foundation.sh", &[("--kms-key=projects/acme-rides-prod/", "--kms-key=projects/acme-rides-stg/")]),
    (KeysAreOwn, RIDES, "terraform/foundation/secrets.tf", &[("cmek_secrets_cloudkms_crypto_key_encrypter_decrypter_secretmanager_agent", "cmek_run_cloudkms_crypto_key_encrypter_decrypter_run_agent")]),
    (KeysAreOwn, RIDES, "gcloud/2-foundation.sh", &[("copies_under positions-ca europe-west1 projects/acme-rides-prod/", "copies_under positions-ca europe-west1 projects/acme-rides-stg/")]),
    (KeysAreOwn, RIDES, "terraform/services/service-api.tf", &[("cryptoKeys/cmek-run", "cryptoKeys/cmek-sql")]),
    (KeysAreOwn, RIDES, "gcloud/3-services.sh", &[("cryptoKeys/cmek-run", "cryptoKeys/cmek-sql")]),
    (KeysAreOwn, PAPERS, "terraform/foundation/buckets.tf", &[("projects/acme-records-office/", "projects/acme-papers-prod/")]),
    (KeysAreOwn, PAPERS, "gcloud/2-foundation.sh", &[("--default-encryption-key=projects/acme-records-office/", "--default-encryption-key=projects/acme-papers-prod/")]),
    (KeysAreOwn, PAPERS, "terraform/foundation/firestores.tf", &[("projects/acme-records-office/", "projects/acme-papers-prod/")]),
    (KeysAreOwn, PAPERS, "gcloud/2-foundation.sh", &[("  --kms-key-name=projects/acme-records-office/locations/europe/keyRings/papers/cryptoKeys/archive \\\n", "")]),
    (KeysAreOwn, PARCELS, "terraform/foundation/keys.tf", &[("google_project_service_identity.pubsub.member", "\"group:operators@example.com\"")]),
    (KeysAreOwn, PARCELS, "gcloud/2-foundation.sh", &[("  --topic-encryption-key=projects/acme-parcels-prod/locations/europe-west3/keyRings/parcels/cryptoKeys/cmek-pubsub \\\n", "")]),
    (KeysAreOwn, PARCELS, "terraform/foundation/channels.tf", &[("  crypto_key_name = google_kms_crypto_key_iam_member.", "  # crypto_key_name = google_kms_crypto_key_iam_member.")]),
    (KeysAreOwn, PARCELS, "gcloud/2-foundation.sh", &[("cryptoKeys/cmek-eventarc", "cryptoKeys/cmek-pubsub")]),
    // An image runs that nobody has signed, or that nobody is asked about.
    // The perimeter holds another project or none, protects less, lets more through, only logs, or is gone past.
    (ThePerimeterHolds, QUEUE, "terraform/governance/perimeter.tf", &[("${data.google_project.this.number}", "1")]),
    (ThePerimeterHolds, QUEUE, "gcloud/1-governance.sh", &[("  storage.googleapis.com", "  dlp.googleapis.com")]),
    (ThePerimeterHolds, QUEUE, "terraform/governance/perimeter.tf", &[("      \"storage.googleapis.com\",\n", "")]),
    (ThePerimeterHolds, QUEUE, "terraform/governance/perimeter.tf", &[("\"RESTRICTED-SERVICES\"", "\"storage.googleapis.com\"")]),
    (ThePerimeterHolds, QUEUE, "terraform/governance/perimeter.tf", &[("group:parcel-team@", "group:everybody@")]),
    (ThePerimeterHolds, QUEUE, "gcloud/1-governance.sh", &[("let_in group:parcel-team@", "let_in group:everybody@")]),
    (ThePerimeterHolds, QUEUE, "gcloud/1-governance.sh", &[("accessLevels/offices ", "accessLevels/homes ")]),
    (ThePerimeterHolds, QUEUE, "terraform/governance/perimeter.tf", &[("projects/234567890123", "projects/345678901234")]),
    (ThePerimeterHolds, QUEUE, "gcloud/1-governance.sh", &[("let_out 234567890123", "let_out 345678901234")]),
    (ThePerimeterHolds, QUEUE, "gcloud/1-governance.sh", &[("_prod enforce", "_prod dry-run")]),
    (ThePerimeterHolds, QUEUE, "terraform/governance/perimeter.tf", &[("spec = false", "spec = true"), ("  status {", "  spec {")]),
    (ThePerimeterHolds, QUEUE, "terraform/foundation/dns.tf", &[("\"199.36.153.4\"", "\"199.36.153.8\"")]),
    (ThePerimeterHolds, QUEUE, "gcloud/2-foundation.sh", &[("199.36.153.4,", "199.36.153.8,")]),
    (ThePerimeterHolds, QUEUE, "terraform/foundation/network.tf", &[("[\"199.36.153.4/30\"]", "[\"199.36.153.4/30\", \"199.36.153.8/30\"]")]),
    (ImagesAreAdmitted, PAPERS, "terraform/foundation/binary-authorization.tf", &[("REQUIRE_ATTESTATION", "ALWAYS_ALLOW")]),
    (ImagesAreAdmitted, PAPERS, "gcloud/2-foundation.sh", &[("REQUIRE_ATTESTATION", "ALWAYS_ALLOW")]),
    (ImagesAreAdmitted, QUEUE, "terraform/foundation/binary-authorization.tf", &[("acme-parcels-prod/app/*", "acme-parcels-prod/**")]),
    (ImagesAreAdmitted, PAPERS, "gcloud/2-foundation.sh", &[("attestors/built-by-release", "attestors/built-by-hand")]),
    (ImagesAreAdmitted, PAPERS, "terraform/foundation/binary-authorization.tf", &[("\"DISABLE\"", "\"ENABLE\"")]),
    (ImagesAreAdmitted, PAPERS, "terraform/services/service-office.tf", &[("use_default = true", "use_default = false")]),
    (ImagesAreAdmitted, PAPERS, "gcloud/3-services.sh", &[("  --binary-authorization=default # the project's policy is asked before its images run\n", "")]),
    (ImagesAreAdmitted, QUEUE, "terraform/services/worker-payer.tf", &[("use_default = true", "use_default = false")]),
    (ImagesAreAdmitted, QUEUE, "terraform/services/job-migrate.tf", &[("use_default = true", "use_default = false")]),
    (ImagesAreAdmitted, QUEUE, "gcloud/2-foundation.sh", &[("ALWAYS_DENY", "ALWAYS_ALLOW")]),
    (ImagesAreAdmitted, QUEUE, "terraform/foundation/binary-authorization.tf", &[("DRYRUN_AUDIT_LOG_ONLY", "ENFORCED_BLOCK_AND_AUDIT_LOG")]),
    (RightsAreGiven, PAPERS, "iam/elsewhere/acme-security.yaml", &[("attestorsVerifier", "attestorsAdmin")]),
    // Another service of another project is called.
    (RightsAreGiven, INVOICES, "iam/elsewhere/acme-treasury.yaml", &[("services/currencies", "services/ledger")]),
    (RightsAreGiven, INVOICES, "iam/elsewhere/acme-treasury.yaml", &[("run.invoker", "run.developer")]),
    // Somebody else pushes images, or pulls them.
    (RightsAreGiven, RIDES, "terraform/foundation/registries.tf", &[("roles/artifactregistry.reader", "roles/artifactregistry.writer")]),
    (RightsAreGiven, RIDES, "gcloud/2-foundation.sh", &[("roles/artifactregistry.reader", "roles/artifactregistry.writer")]),
    (RightsAreGiven, RIDES, "terraform/foundation/registries.tf", &[("group:mobile-developers@example.com", "domain:example.com")]),
    (RightsAreGiven, RIDES, "gcloud/2-foundation.sh", &[("repositories add-iam-policy-binding rides", "repositories add-iam-policy-binding docker-hub")]),
    // A right on something else, or somebody else's account.
    (RightsAreGiven, STORE, "terraform/foundation/secrets.tf", &[("\"google_secret_manager_secret_iam_member\" \"stripe_key", "\"google_service_account_iam_member\" \"stripe_key"), ("secret_id = google_secret_manager_secret.stripe_key.secret_id", "service_account_id = google_service_account.run_web.name"), ("secretAccessor", "admin")]),
    (RightsAreGiven, STORE, "gcloud/2-foundation.sh", &[("gcloud secrets add-iam-policy-binding stripe-key", "gcloud iam service-accounts add-iam-policy-binding run-web@acme-storefront-prod.iam.gserviceaccount.com")]),
    (RightsAreGiven, STORE, "terraform/services/service-web.tf", &[("\"run-web@", "\"run-orders@")]),
    (RightsAreGiven, STORE, "gcloud/3-services.sh", &[("--service-account=run-web@", "--service-account=run-orders@")]),
    (RightsAreGiven, STORE, "iam/elsewhere/acme-images.yaml", &[("artifactregistry.reader", "artifactregistry.repoAdmin")]),
    (RightsAreGiven, QUEUE, "terraform/services/worker-payer.tf", &[("\"work-payer@", "\"work-tracker@")]),
    (RightsAreGiven, QUEUE, "gcloud/3-services.sh", &[("--service-account=work-payer@", "--service-account=work-tracker@")]),
    // Somebody else acts as an account, or more than acts as it.
    (RightsAreGiven, RIDES, "terraform/foundation/grants.tf", &[("group:mobile-on-call@example.com", "group:everybody@example.com")]),
    (RightsAreGiven, RIDES, "gcloud/2-foundation.sh", &[("group:mobile-on-call@example.com", "group:everybody@example.com")]),
    (RightsAreGiven, RIDES, "terraform/foundation/grants.tf", &[("roles/iam.serviceAccountUser", "roles/iam.serviceAccountTokenCreator")]),
    (RightsAreGiven, RIDES, "gcloud/2-foundation.sh", &[("roles/iam.serviceAccountUser", "roles/iam.serviceAccountTokenCreator")]),
    // Another repository, branch or issuer, whose workflows would deploy, or more than the images pushed.
    (RightsAreGiven, RIDES, "terraform/foundation/grants.tf", &[("attribute.repository_id/7654321", "attribute.repository_id/1")]),
    (RightsAreGiven, RIDES, "gcloud/2-foundation.sh", &[("attribute.repository_id/7654321", "attribute.ref/refs/heads/main")]),
    (RightsAreGiven, RIDES, "terraform/foundation/delivery.tf", &[("refs/heads/release'", "refs/heads/main'")]),
    (RightsAreGiven, RIDES, "gcloud/2-foundation.sh", &[("assertion.repository_id ==", "assertion.repository_id !=")]),
    (RightsAreGiven, RIDES, "terraform/foundation/delivery.tf", &[("token.actions.githubusercontent.com", "token.actions.example.com")]),
    (RightsAreGiven, RIDES, "gcloud/2-foundation.sh", &[("attribute.repository_id=assertion.repository_id", "attribute.repository_id=assertion.actor_id")]),
    (RightsAreGiven, RIDES, "terraform/foundation/registries.tf", &[("google_service_account.deploy_rides.member", "google_service_account.run_api.member")]),
    (RightsAreGiven, RIDES, "gcloud/2-foundation.sh", &[("--role=roles/artifactregistry.writer", "--role=roles/artifactregistry.repoAdmin")]),
    // A role on all of the project.
    (NothingOnTheProject, STORE, "terraform/foundation/grants.tf", &[("roles/cloudsql.client", "roles/editor")]),
    (NothingOnTheProject, STORE, "gcloud/2-foundation.sh", &[("roles/cloudsql.client", "roles/editor")]),
    (NothingOnTheProject, STORE, "terraform/foundation/grants.tf", &[("\n  condition {\n    title      = \"only-main\"\n    expression = \"resource.name == 'projects/acme-storefront-prod/instances/main' && resource.type == 'sqladmin.googleapis.com/Instance'\"\n  }", "")]),
    (NothingOnTheProject, STORE, "gcloud/2-foundation.sh", &[("gcloud secrets add-iam-policy-binding stripe-key", "gcloud projects add-iam-policy-binding acme-storefront-prod")]),
    // Somebody else calls, or nobody is asked.
    (CallersAreDeclared, STORE, "terraform/services/service-orders.tf", &[("\"serviceAccount:run-web@acme-storefront-prod.iam.gserviceaccount.com\"", "\"allUsers\"")]),
    (CallersAreDeclared, STORE, "gcloud/3-services.sh", &[("roles/run.invoker serviceAccount:run-web@acme-storefront-prod.iam.gserviceaccount.com", "roles/run.invoker allAuthenticatedUsers")]),
    // A revision answers that is not declared, or under an address that is not.
    // A dataset that viewers of the project read, or one that nothing declares.
    (DatasetsAreClosed, REPORTS, "terraform/foundation/datasets.tf", &[("\"projectOwners\"", "\"projectReaders\"")]),
    (DatasetsAreClosed, REPORTS, "terraform/foundation/datasets.tf", &[("dataset_id = \"accounts\"", "dataset_id = \"accounting\"")]),
    (DatasetsAreClosed, REPORTS, "gcloud/2-foundation.sh", &[("dataset acme-reports-prod.accounts ", "dataset acme-reports-prod.accounting ")]),
    // More of a dataset than is declared, or of another one.
    (RightsAreGiven, REPORTS, "terraform/foundation/grants.tf", &[("google_bigquery_dataset.accounts.dataset_id", "\"others\"")]),
    (RightsAreGiven, REPORTS, "terraform/foundation/grants.tf", &[("roles/bigquery.dataEditor", "roles/bigquery.dataOwner")]),
    (RightsAreGiven, REPORTS, "gcloud/2-foundation.sh", &[("sql schema acme-reports-prod.accounts", "sql schema acme-reports-prod.others")]),
    (NothingOnTheProject, REPORTS, "gcloud/2-foundation.sh", &[("roles/bigquery.jobUser", "roles/bigquery.user")]),
    (WhatIsWrittenAnswers, REPORTS, "terraform/services/service-page.tf", &[("TYPE_LATEST\"\n    percent", "TYPE_REVISION\"\n    revision = \"page-00001-kip\"\n    percent")]),
    (WhatIsWrittenAnswers, REPORTS, "gcloud/3-services.sh", &[("LATEST=100", "LATEST=10,page-00001-kip=90")]),
    (WhatIsWrittenAnswers, REPORTS, "terraform/services/service-page.tf", &[("\"newest\"", "\"oldest\"")]),
    (WhatIsWrittenAnswers, REPORTS, "gcloud/3-services.sh", &[("newest=LATEST", "newest=page-00001-kip")]),
    (WhatIsWrittenAnswers, STORE, "terraform/services/service-orders.tf", &[("TYPE_LATEST\"\n    percent", "TYPE_REVISION\"\n    revision = \"orders-00001-kip\"\n    percent")]),
    (WhatIsWrittenAnswers, STORE, "gcloud/3-services.sh", &[("serve_latest orders\n", "")]),
    (CallersAreDeclared, STORE, "terraform/services/service-orders.tf", &[("invoker_iam_disabled = false", "invoker_iam_disabled = true")]),
    (CallersAreDeclared, STORE, "gcloud/3-services.sh", &[("--invoker-iam-check #", "--no-invoker-iam-check #")]),
    (CallersAreDeclared, STORE, "terraform/services/service-orders.tf", &[("roles/run.invoker", "roles/run.admin"), ("serviceAccount:run-web@", "group:all@")]),
    (CallersAreDeclared, STORE, "gcloud/3-services.sh", &[("policy gcloud run services set-iam-policy orders", "step gcloud run services set-iam-policy orders")]),
    (CallersAreDeclared, INSIDE, "terraform/services/job-nightly.tf", &[("group:pricing-team@example.com", "domain:example.com")]),
    (CallersAreDeclared, INSIDE, "gcloud/3-services.sh", &[("group:pricing-team@example.com", "domain:example.com")]),
    (CallersAreDeclared, ADMIN, "terraform/services/load-balancer.tf", &[("enabled = true # only who may pass Identity-Aware Proxy gets in", "enabled = false")]),
    (CallersAreDeclared, ADMIN, "gcloud/3-services.sh", &[("--iap=enabled", "--iap=disabled")]),
    (CallersAreDeclared, ADMIN, "terraform/services/load-balancer.tf", &[("group:support@example.com", "domain:example.com")]),
    (CallersAreDeclared, ADMIN, "gcloud/3-services.sh", &[("group:support@example.com", "domain:example.com")]),
    // Messages go elsewhere, by somebody else, or to whoever listens.
    (CallersAreDeclared, PARCELS, "terraform/services/subscriptions.tf", &[(".run.app/scans\"", ".run.app.example.com/scans\"")]),
    (CallersAreDeclared, PARCELS, "gcloud/3-services.sh", &[(".run.app/scans ", ".run.app.example.com/scans ")]),
    (CallersAreDeclared, PARCELS, "terraform/services/subscriptions.tf", &[("acme-warehouse.parcels.scans", "acme-warehouse.parcels.claims")]),
    (CallersAreDeclared, PARCELS, "terraform/services/subscriptions.tf", &[("\"acme-parcels-prod-evidence\"", "\"acme-parcels-prod-others\"")]),
    (CallersAreDeclared, PARCELS, "terraform/services/subscriptions.tf", &[("\"call-tracker@", "\"call-notifier@")]),
    (CallersAreDeclared, PARCELS, "gcloud/3-services.sh", &[("--push-auth-service-account=call-tracker@", "--push-auth-service-account=call-notifier@")]),
    (CallersAreDeclared, PARCELS, "terraform/foundation/topics.tf", &[("schema   = google_pubsub_schema.scans.id", "schema   = \"projects/acme-evil/schemas/scans\"")]),
    (CallersAreDeclared, PARCELS, "gcloud/2-foundation.sh", &[("  --schema=projects/acme-support/schemas/claim \\\n  --message-encoding=json \\\n", "")]),
    (RightsAreGiven, PARCELS, "terraform/foundation/grants.tf", &[("google_service_account.run_intake.member", "google_service_account.run_tracker.member")]),
    (RightsAreGiven, PARCELS, "gcloud/2-foundation.sh", &[("--member=serviceAccount:run-intake@", "--member=serviceAccount:run-tracker@")]),
    (RightsAreGiven, PARCELS, "terraform/foundation/grants.tf", &[("roles/pubsub.subscriber", "roles/pubsub.editor")]),
    (RightsAreGiven, PARCELS, "gcloud/2-foundation.sh", &[("roles/pubsub.subscriber", "roles/pubsub.editor")]),
    // Somebody else is told of objects, or of others.
    (BucketsAreClosed, PARCELS, "terraform/services/notifications.tf", &[("projects/acme-security/topics/siem", "projects/acme-evil/topics/siem")]),
    (BucketsAreClosed, PARCELS, "gcloud/3-services.sh", &[("--topic=projects/acme-security/topics/siem", "--topic=projects/acme-evil/topics/siem")]),
    (BucketsAreClosed, PARCELS, "terraform/foundation/notifications.tf", &[("\"claims/\"", "\"others/\"")]),
    (BucketsAreClosed, PARCELS, "gcloud/2-foundation.sh", &[("--object-prefix=claims/", "--object-prefix=others/")]),
    (BucketsAreClosed, PARCELS, "terraform/foundation/notifications.tf", &[("[\"OBJECT_FINALIZE\"]", "[\"OBJECT_FINALIZE\", \"OBJECT_DELETE\"]")]),
    (BucketsAreClosed, PARCELS, "gcloud/3-services.sh", &[("--event-types=OBJECT_ARCHIVE,OBJECT_DELETE", "--event-types=OBJECT_ARCHIVE")]),
    (RightsAreGiven, PARCELS, "terraform/foundation/grants.tf", &[("data.google_storage_project_service_account.storage.member", "google_service_account.run_intake.member")]),
    // Something else happens on time, or as somebody else.
    (CallersAreDeclared, INVOICES, "terraform/services/schedules.tf", &[("/jobs/invoice-run:run", "/jobs/migrate:run")]),
    (CallersAreDeclared, INVOICES, "gcloud/3-services.sh", &[("/jobs/invoice-run:run", "/jobs/migrate:run")]),
    (CallersAreDeclared, INVOICES, "terraform/services/schedules.tf", &[("\"call-api@", "\"start-invoice-run@")]),
    (CallersAreDeclared, INVOICES, "gcloud/3-services.sh", &[("--oidc-service-account-email=call-api@", "--oidc-service-account-email=start-invoice-run@")]),
    (CallersAreDeclared, INVOICES, "terraform/services/schedules.tf", &[("/topics/closings", "/topics/other")]),
    (CallersAreDeclared, INVOICES, "gcloud/3-services.sh", &[("/topics/closings", "/topics/other")]),
    // A workflow acts as somebody else, and is started by whom nobody names.
    (CallersAreDeclared, INVOICES, "terraform/services/schedules.tf", &[("/workflows/month-close/", "/workflows/rates/")]),
    (CallersAreDeclared, INVOICES, "gcloud/3-services.sh", &[("/workflows/month-close/", "/workflows/rates/")]),
    (RightsAreGiven, INVOICES, "terraform/services/workflow-month-close.tf", &[("/flow-month-close@", "/job-migrate@")]),
    (RightsAreGiven, INVOICES, "gcloud/3-services.sh", &[("--service-account=flow-month-close@", "--service-account=job-migrate@")]),
    (NothingOnTheProject, INVOICES, "terraform/foundation/grants.tf", &[("google_service_account.begin_month_close.member", "google_service_account.job_migrate.member")]),
    (NothingOnTheProject, INVOICES, "gcloud/2-foundation.sh", &[("--member=serviceAccount:begin-month-close@", "--member=serviceAccount:job-migrate@")]),
    (CallersAreDeclared, INVOICES, "terraform/services/job-invoice-run.tf", &[("\"serviceAccount:flow-month-close@", "\"serviceAccount:run-api@")]),
    (CallersAreDeclared, INVOICES, "gcloud/3-services.sh", &[("roles/run.jobsExecutorWithOverrides serviceAccount:flow-month-close@", "roles/run.jobsExecutorWithOverrides serviceAccount:run-api@")]),
    // A task goes elsewhere, as somebody else, or is added by somebody else.
    (CallersAreDeclared, RIDES, "terraform/foundation/queues.tf", &[("path = \"/receipts\"", "path = \"/charge\"")]),
    (CallersAreDeclared, RIDES, "gcloud/2-foundation.sh", &[("path:/receipts", "path:/charge")]),
    (CallersAreDeclared, RIDES, "terraform/foundation/queues.tf", &[("uri_override_enforce_mode = \"ALWAYS\"", "uri_override_enforce_mode = \"IF_NOT_EXISTS\"")]),
    (CallersAreDeclared, RIDES, "gcloud/2-foundation.sh", &[("mode:ALWAYS", "mode:IF_NOT_EXISTS")]),
    (CallersAreDeclared, RIDES, "terraform/foundation/queues.tf", &[("google_service_account.call_billing.email", "google_service_account.run_billing.email")]),
    (CallersAreDeclared, RIDES, "gcloud/2-foundation.sh", &[("--http-oidc-service-account-email-override=call-billing@", "--http-oidc-service-account-email-override=run-billing@")]),
    (RightsAreGiven, RIDES, "terraform/foundation/grants.tf", &[("google_service_account.call_billing.name", "google_service_account.run_billing.name")]),
    (RightsAreGiven, RIDES, "gcloud/2-foundation.sh", &[("add-iam-policy-binding call-billing@", "add-iam-policy-binding run-billing@")]),
    (RightsAreGiven, RIDES, "terraform/foundation/grants.tf", &[("roles/cloudtasks.enqueuer", "roles/cloudtasks.admin")]),
    (RightsAreGiven, RIDES, "gcloud/2-foundation.sh", &[("roles/cloudtasks.enqueuer", "roles/cloudtasks.admin")]),
    // An event tells of something else, somebody else, or as somebody else.
    (CallersAreDeclared, PAPERS, "terraform/services/events.tf", &[("\"acme-papers-prod-uploads\"", "\"acme-papers-prod-records\"")]),
    (CallersAreDeclared, PAPERS, "gcloud/3-services.sh", &[("--event-filters=bucket=acme-papers-prod-uploads", "--event-filters=bucket=acme-papers-prod-records")]),
    (CallersAreDeclared, PAPERS, "terraform/services/events.tf", &[("location = \"europe-west1\"", "location = \"eu\"")]),
    (CallersAreDeclared, PAPERS, "terraform/services/events.tf", &[("path    = \"/uploads\"", "path    = \"/pages\"")]),
    (CallersAreDeclared, PAPERS, "gcloud/3-services.sh", &[("--destination-run-path=/uploads", "--destination-run-path=/pages")]),
    (CallersAreDeclared, PAPERS, "terraform/services/events.tf", &[("google_cloud_run_v2_service.reader.name", "google_cloud_run_v2_service.office.name")]),
    (CallersAreDeclared, PAPERS, "gcloud/3-services.sh", &[("--destination-run-service=reader", "--destination-run-service=office")]),
    (CallersAreDeclared, PAPERS, "terraform/services/events.tf", &[("\"call-reader@", "\"run-office@")]),
    (CallersAreDeclared, PAPERS, "gcloud/3-services.sh", &[("--service-account=call-reader@", "--service-account=run-office@")]),
    (CallersAreDeclared, PAPERS, "terraform/services/events.tf", &[("\"projects/_/buckets/acme-papers-prod-records\"", "\"projects/_/buckets/acme-papers-prod-uploads\"")]),
    (CallersAreDeclared, PARCELS, "terraform/services/events.tf", &[("/topics/claims\"", "/topics/scans\"")]),
    (CallersAreDeclared, PARCELS, "gcloud/3-services.sh", &[("--transport-topic=projects/acme-parcels-prod/topics/claims", "--transport-topic=projects/acme-parcels-prod/topics/scans")]),
    (CallersAreDeclared, PARCELS, "gcloud/3-services.sh", &[("--destination-workflow=claim", "--destination-workflow=other")]),
    // An event of one's own comes from elsewhere, of another kind, or from a channel that nothing declares; somebody else publishes.
    (CallersAreDeclared, PARCELS, "terraform/services/events.tf", &[("channels/parcels\"\n\n  matching_criteria {\n    attribute = \"type\"\n    value     = \"com.example.parcels.lost\"", "channels/other\"\n\n  matching_criteria {\n    attribute = \"type\"\n    value     = \"com.example.parcels.lost\"")]),
    (CallersAreDeclared, PARCELS, "gcloud/3-services.sh", &[("--event-filters=type=com.example.parcels.lost \\\n  --channel=projects/acme-parcels-prod/locations/europe-west3/channels/parcels", "--event-filters=type=com.example.parcels.lost \\\n  --channel=projects/acme-parcels-prod/locations/europe-west3/channels/other")]),
    (CallersAreDeclared, PARCELS, "terraform/services/events.tf", &[("\"express\"", "\"all\"")]),
    (CallersAreDeclared, PARCELS, "gcloud/3-services.sh", &[("--event-filters=promise=express \\\n  ", "")]),
    (CallersAreDeclared, PARCELS, "terraform/foundation/channels.tf", &[("name     = \"parcels\"", "name     = \"other\"")]),
    (CallersAreDeclared, PARCELS, "gcloud/2-foundation.sh", &[("eventarc channels create parcels", "eventarc channels create other")]),
    (NothingOnTheProject, PARCELS, "terraform/foundation/grants.tf", &[("\"roles/eventarc.publisher\"", "\"roles/eventarc.admin\"")]),
    (NothingOnTheProject, PARCELS, "gcloud/2-foundation.sh", &[("--role=roles/eventarc.publisher \\\n  --member=serviceAccount:run-tracker@", "--role=roles/eventarc.publisher \\\n  --member=serviceAccount:run-notifier@")]),
    (NothingOnTheProject, PAPERS, "terraform/foundation/grants.tf", &[("google_service_account.call_reader.member", "google_service_account.run_reader.member")]),
    (NothingOnTheProject, PAPERS, "gcloud/2-foundation.sh", &[("--role=roles/eventarc.eventReceiver", "--role=roles/eventarc.admin")]),
    (NothingOnTheProject, PAPERS, "terraform/foundation/grants.tf", &[("data.google_storage_project_service_account.storage.member", "google_service_account.call_reader.member")]),
    // Nobody hears that a secret is to be replaced.
    (SomebodyHears, NOTES, "terraform/foundation/secrets.tf", &[("\"15552000s\"", "\"155520000s\"")]),
    (SomebodyHears, NOTES, "gcloud/2-foundation.sh", &[("--rotation-period=15552000s", "--rotation-period=155520000s")]),
    (SomebodyHears, NOTES, "gcloud/2-foundation.sh", &[("--add-topics=projects/acme-notes-prod/topics/rotation-notes", "--add-topics=projects/acme-notes-prod/topics/other")]),
    (SomebodyHears, NOTES, "terraform/foundation/subscriptions.tf", &[("SECRET_ROTATE", "SECRET_UPDATE")]),
    (SomebodyHears, NOTES, "gcloud/2-foundation.sh", &[("SECRET_ROTATE", "SECRET_UPDATE")]),
    (SomebodyHears, NOTES, "terraform/services/monitoring.tf", &[("subscription_id=\\\"rotation-notes\\\"", "subscription_id=\\\"other\\\"")]),
    // An entry of the logs is kept for less, by somebody who may change that, or lost.
    (LogsAreKept, NOTES, "terraform/foundation/log-sinks.tf", &[("retention_days = 90", "retention_days = 1")]),
    (LogsAreKept, NOTES, "gcloud/2-foundation.sh", &[("_Default --location=global --retention-days=90", "_Default --location=global --retention-days=1")]),
    (LogsAreKept, PAPERS, "terraform/foundation/log-sinks.tf", &[("retention_days = 400", "retention_days = 30")]),
    (LogsAreKept, PAPERS, "gcloud/2-foundation.sh", &[("--retention-days=400", "--retention-days=30")]),
    (LogsAreKept, PAPERS, "terraform/foundation/log-sinks.tf", &[("  locked         = true # for good: nobody can change the retention, or delete it while it keeps an entry\n", "")]),
    (LogsAreKept, PAPERS, "gcloud/2-foundation.sh", &[("lock gcloud logging buckets update audit --location=europe-west1 --locked\n", "")]),
    (LogsAreKept, PAPERS, "terraform/foundation/log-sinks.tf", &[("/projects/acme-security/", "/projects/acme-papers-prod/")]),
    (LogsAreKept, PAPERS, "gcloud/2-foundation.sh", &[("/projects/acme-security/", "/projects/acme-papers-prod/")]),
    (LogsAreKept, PAPERS, "terraform/foundation/log-sinks.tf", &[("cloudaudit.googleapis.com", "run.googleapis.com")]),
    (LogsAreKept, PAPERS, "gcloud/2-foundation.sh", &[("--log-filter='logName:\"/logs/cloudaudit.googleapis.com\"'", "--log-filter='severity >= ERROR'")]),
    (LogsAreKept, PAPERS, "terraform/foundation/buckets.tf", &[("google_logging_project_sink.auditors.writer_identity", "google_service_account.run_office.member")]),
    (LogsAreKept, PARCELS, "gcloud/2-foundation.sh", &[("pubsub.googleapis.com/projects/acme-security/topics/siem", "pubsub.googleapis.com/projects/acme-evil/topics/siem")]),
    (LogsAreKept, PARCELS, "terraform/foundation/log-sinks.tf", &[("/datasets/requests", "/datasets/others")]),
    (LogsAreKept, PARCELS, "gcloud/2-foundation.sh", &[("/datasets/requests", "/datasets/others")]),
    (LogsAreKept, PARCELS, "terraform/foundation/log-sinks.tf", &[("use_partitioned_tables = true", "use_partitioned_tables = false")]),
    (LogsAreKept, PARCELS, "gcloud/2-foundation.sh", &[("  --use-partitioned-tables \\\n", "")]),
    // A way out, or a way in to what runs.
    (TheNetworkIsClosed, STORE, "terraform/foundation/network.tf", &[("  deny {", "  allow {")]),
    (TheNetworkIsClosed, STORE, "gcloud/2-foundation.sh", &[("--action=DENY", "--action=ALLOW")]),
    (TheNetworkIsClosed, STORE, "terraform/foundation/network.tf", &[("delete_default_routes_on_create = true", "delete_default_routes_on_create = false")]),
    (TheNetworkIsClosed, STORE, "gcloud/2-foundation.sh", &[("\nno_default_routes storefront\n", "\n")]),
    (TheNetworkIsClosed, STORE, "terraform/foundation/network.tf", &[("199.36.153.8/30", "0.0.0.0/0")]),
    (TheNetworkIsClosed, STORE, "gcloud/2-foundation.sh", &[("199.36.153.8/30", "0.0.0.0/0")]),
    (TheNetworkIsClosed, INSIDE, "terraform/foundation/network.tf", &[("[\"run-partner\"]", "[\"run-api\", \"run-partner\"]")]),
    (TheNetworkIsClosed, INSIDE, "gcloud/2-foundation.sh", &[("--target-tags=run-partner", "--target-tags=run-api,run-partner")]),
    (TheNetworkIsClosed, QUEUE, "terraform/services/worker-payer.tf", &[("\"ALL_TRAFFIC\"", "\"PRIVATE_RANGES_ONLY\"")]),
    (TheNetworkIsClosed, QUEUE, "gcloud/3-services.sh", &[("--vpc-egress=all-traffic", "--vpc-egress=private-ranges-only")]),
    (TheNetworkIsClosed, ADMIN, "terraform/services/service-accounts.tf", &[("\"ALL_TRAFFIC\"", "\"PRIVATE_RANGES_ONLY\"")]),
    (TheNetworkIsClosed, ADMIN, "gcloud/3-services.sh", &[("--vpc-egress=all-traffic", "--vpc-egress=private-ranges-only")]),
    // A stranger is written to, or nobody; a host may answer anything; a thing is not watched.
    (SomebodyHears, NOTES, "terraform/services/monitoring.tf", &[("email_address = \"notes-oncall@example.com\"", "email_address = \"mallory@example.net\"")]),
    (SomebodyHears, NOTES, "gcloud/3-services.sh", &[("email_address=notes-oncall@example.com", "email_address=mallory@example.net")]),
    (SomebodyHears, NOTES, "terraform/services/monitoring.tf", &[("  enabled      = true", "  enabled      = false")]),
    (SomebodyHears, NOTES, "gcloud/alerts/errors.yaml", &[("enabled: true", "enabled: false")]),
    (SomebodyHears, NOTES, "terraform/services/monitoring.tf", &[("service_name=\\\"web\\\"", "service_name=\\\"other\\\"")]),
    (SomebodyHears, NOTES, "gcloud/alerts/errors.yaml", &[("service_name=\"web\"", "service_name=\"other\"")]),
    (SomebodyHears, NOTES, "terraform/services/monitoring.tf", &[("acme-notes-prod:main", "acme-notes-prod:other")]),
    (SomebodyHears, NOTES, "gcloud/alerts/disk.yaml", &[("acme-notes-prod:main", "acme-notes-prod:other")]),
    (SomebodyHears, NOTES, "terraform/services/monitoring.tf", &[("validate_ssl = true", "validate_ssl = false")]),
    (SomebodyHears, NOTES, "gcloud/3-services.sh", &[("--validate-ssl=true", "--validate-ssl=false")]),
    (SomebodyHears, NOTES, "terraform/services/monitoring.tf", &[("^all(Authenticated)?Users$", "^allUsers$")]),
    (SomebodyHears, NOTES, "gcloud/alerts/public-grants.yaml", &[("^all(Authenticated)?Users$", "^allUsers$")]),
    (SomebodyHears, PARCELS, "terraform/services/monitoring.tf", &[("status_value = 401", "status_value = 200")]),
    (SomebodyHears, PARCELS, "gcloud/3-services.sh", &[("--status-codes=401,403", "--status-codes=200,403")]),
    (SomebodyHears, PARCELS, "terraform/services/monitoring.tf", &[("scans-to-archive", "scans")]),
    (SomebodyHears, PARCELS, "gcloud/alerts/dead-letters.yaml", &[("|scans-to-archive", "")]),
    // The page to look at is none, shows less than there is, or says that an alert goes off where it does not.
    (SomebodyHears, NOTES, "terraform/services/dashboard.tf", &[("resource \"google_monitoring_dashboard\"", "data \"google_monitoring_dashboard\"")]),
    (SomebodyHears, NOTES, "gcloud/3-services.sh", &[("dashboard 'notes prod' gcloud monitoring dashboards create --config-from-file=\"$here\"/dashboard.yaml\n", "")]),
    (SomebodyHears, NOTES, "terraform/services/dashboard.yaml", &[("database_id=\"acme-notes-prod:main\"", "database_id=\"acme-notes-prod:other\"")]),
    (SomebodyHears, PARCELS, "gcloud/dashboard.yaml", &[("|scans-to-archive", "")]),
    (SomebodyHears, PARCELS, "terraform/services/dashboard.yaml", &[("value: 90000", "value: 3600")]),
    (SomebodyHears, NOTES, "gcloud/dashboard.yaml", &[("label: \"notes errors\"", "label: \"notes others\"")]),
    (SomebodyHears, NOTES, "gcloud/dashboard.yaml", &[("url_map_name=\"notes\"", "url_map_name=\"other\"")]),
];

#[test]
fn each_change_breaks_its_promise() {
    let mut examples = examples();
    let admin = examples.iter().find(|one| one.name == ADMIN).unwrap();
    let only = "[waf]\nonly = [\"192.0.2.0/24\", \"198.51.100.0/25\"]\n";
    let offices = admin.text.replace("[waf]\n", only);
    examples.push(Example::of(OFFICES, offices));
    let mut missed = String::new();
    let mut bitten = BTreeSet::new();
    for (promise, example, file, changes) in MUTATIONS {
        let Example {
            table, expansion, ..
        } = examples.iter().find(|one| one.name == *example).unwrap();
        let (backend, rest) = file.split_once('/').unwrap();
        let changed = changed(
            &expansion.tree(),
            &format!("{backend}/prod/{rest}"),
            changes,
        );
        let environments = Declared::environments(table);
        let declared = environments
            .iter()
            .find(|one| one.environment == "prod")
            .unwrap();
        let place = place(declared);
        let by_terraform = terraform::read(&place, &changed);
        let by_scripts = gcloud::read(&place, &changed);
        let cloud = if backend == "gcloud" {
            &by_scripts
        } else {
            &by_terraform
        };
        let found = holes(declared, cloud, &iam::read(&place, &changed));
        // Of two that said the same, one says something else now.
        let differs = differences(
            &terraform::without_own(&by_terraform),
            &gcloud::without_own(&by_scripts),
        );
        // Both share `secrets.sh`.
        let shared = backend == "iam" || rest == "secrets.sh";
        assert!(
            shared || !differs.is_empty(),
            "{file} of {example}: {changes:?}"
        );
        if found.iter().any(|(broken, _)| broken == promise) {
            bitten.insert((*promise, backend));
        } else {
            writeln!(
                missed,
                "{promise:?}: {file} of {example}: {changes:?} is not seen, but {found:?}"
            )
            .unwrap();
        }
    }
    assert!(missed.is_empty(), "{missed}");
    // Each promise bites in both.
    let promises: BTreeSet<Broken> = bitten.iter().map(|(promise, _)| *promise).collect();
    let both = |promise: &Broken| {
        let mut backends = ["terraform", "gcloud"].iter();
        backends.all(|backend| bitten.contains(&(*promise, backend)))
    };
    assert!(
        promises.len() == 21 && promises.iter().all(both),
        "{bitten:?}"
    );
}

/// The tree with a file changed.
fn changed(tree: &Tree, file: &str, changes: &[(&str, &str)]) -> Tree {
    let mut out = Tree::default();
    assert!(tree.get(file).is_some(), "there is no {file}");
    for (path, old) in tree.iter() {
        let mut text = old.text.clone();
        if path.as_str() == file {
            for (from, to) in changes {
                assert!(text.contains(from), "{file} lacks `{from}`");
                text = text.replace(from, to);
            }
        }
        out.add(path.as_str(), text);
    }
    out
}
