# Every rule for Terraform that tflint has, not only the recommended ones.
plugin "terraform" {
  enabled = true
  preset  = "all"
}

# Files are named for what stands in them, and a root module that has nothing to fill in has no variables.
rule "terraform_standard_module_structure" {
  enabled = false
}
