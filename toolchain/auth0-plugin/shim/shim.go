// Package shim hands out the auth0 Terraform provider, which lives in an internal package of its module: the Go
// compiler lets a package below that module's path import it, and this nested module has such a path.
package shim

import (
	"github.com/auth0/terraform-provider-auth0/internal/provider"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
)

// Provider returns a new auth0 Terraform provider.
func Provider() *schema.Provider {
	return provider.New()
}
