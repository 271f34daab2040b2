# Written by hand, beside what ravelin generates: the key of reCAPTCHA for the shop's forms. `values.site-key` of the blueprint
# refers to it, so that the service gets it and follows it.

resource "google_project_service" "recaptcha" {
  service            = "recaptchaenterprise.googleapis.com"
  disable_on_destroy = false
}

resource "google_recaptcha_enterprise_key" "shop" {
  display_name = "shop"

  web_settings {
    integration_type = "SCORE"
    allowed_domains  = ["stg.bazaar.example.com"]
  }

  depends_on = [google_project_service.recaptcha]
}
