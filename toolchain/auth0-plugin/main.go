// Command pulumi-resource-auth0 serves the auth0 Terraform provider to Pulumi, for the local tenant.
//
// Not here: a Pulumi schema. Nothing in a Python program asks the plugin for it; that names and secrets agree with the
// pulumi-auth0 SDK is checked by tests/contract/test_plugin_matches_sdk.py.
package main

import (
	"fmt"

	"github.com/auth0/terraform-provider-auth0/shim"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge/tokens"
	shimv2 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
)

const (
	packageName      = "auth0"
	moduleName       = "index"
	longestName      = 255
	managedByDefault = "Managed by Pulumi"
)

// version is set at build time; an unversioned plugin makes every run warn.
var version = "0.0.0-unversioned"

func main() {
	minimalSchema := fmt.Sprintf(`{"name": %q, "version": %q}`, packageName, version)
	tfbridge.Main(packageName, version, providerInfo(), []byte(minimalSchema))
}

func providerInfo() tfbridge.ProviderInfo {
	info := tfbridge.ProviderInfo{
		P:            shimv2.NewProvider(shim.Provider()),
		Name:         packageName,
		Version:      version,
		MetadataInfo: tfbridge.NewProviderMetadata([]byte("{}")),
		Resources: map[string]*tfbridge.ResourceInfo{
			"auth0_client": withDefaultDescription(),
			"auth0_role":   withDefaultDescription(),
		},
		EnableZeroDefaultSchemaVersion: true,
		EnableAccurateBridgePreview:    true,
		EnableRawStateDelta:            true,
	}
	info.MustComputeTokens(tokens.SingleModule("auth0_", moduleName, tokens.MakeStandard(packageName)))
	info.SetAutonaming(longestName, "-")
	return info
}

// withDefaultDescription repeats the one default that the pulumi-auth0 package adds to the Terraform provider.
func withDefaultDescription() *tfbridge.ResourceInfo {
	return &tfbridge.ResourceInfo{Fields: map[string]*tfbridge.SchemaInfo{
		"description": {Default: &tfbridge.DefaultInfo{Value: managedByDefault}},
	}}
}
