//! Terraform: a root module for each stage.
