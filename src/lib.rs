//! A page of TOML in, hardened Google Cloud Run infrastructure out.
