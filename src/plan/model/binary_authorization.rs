//! Which images may run.

/// Binary Authorization of what runs here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BinaryAuthorization {
    /// The project's policy; `None` where it is somebody else's and is left as it is.
    pub policy: Option<AdmissionPolicy>,
    /// Whether it is on its way out (`retire = true`): nothing is asked any longer.
    pub retiring: bool,
}

impl BinaryAuthorization {
    /// Whether a policy is written here, and only the audit log says what it would refuse.
    #[must_use]
    pub fn only_logs(&self) -> bool {
        self.policy.as_ref().is_some_and(|policy| !policy.enforced)
    }
}

/// The policy of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdmissionPolicy {
    /// What is admitted, of what is not exempt.
    pub admits: Admits,
    /// Whether what is not admitted does not run; else only the audit log says so.
    pub enforced: bool,
    /// Images that nothing is asked about: one by its digest, or patterns with `*` or `**` at their end.
    pub exempt_images: Vec<String>,
}

/// What a policy admits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Admits {
    /// What all of these attestors have signed, by their full names; never empty.
    Attested(Vec<String>),
    /// Nothing.
    Nothing,
    /// Everything, as a policy does that nobody has changed.
    Everything,
}

impl AdmissionPolicy {
    /// Its rule in Google's word.
    #[must_use]
    pub fn evaluation(&self) -> &'static str {
        match self.admits {
            Admits::Attested(_) => "REQUIRE_ATTESTATION",
            Admits::Nothing => "ALWAYS_DENY",
            Admits::Everything => "ALWAYS_ALLOW",
        }
    }

    /// What happens to what is not admitted, in Google's word.
    #[must_use]
    pub fn enforcement(&self) -> &'static str {
        if self.enforced {
            "ENFORCED_BLOCK_AND_AUDIT_LOG"
        } else {
            "DRYRUN_AUDIT_LOG_ONLY"
        }
    }

    /// Who has to have signed an image.
    #[must_use]
    pub fn attestors(&self) -> &[String] {
        match &self.admits {
            Admits::Attested(attestors) => attestors,
            Admits::Nothing | Admits::Everything => &[],
        }
    }
}
