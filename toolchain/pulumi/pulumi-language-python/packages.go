package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// pluginFile is the pulumi-plugin.json that a Python package of a Pulumi provider carries.
type pluginFile struct {
	Resource bool   `json:"resource"`
	Name     string `json:"name"`
	Version  string `json:"version"`
	Server   string `json:"server"`
}

// GetRequiredPackages answers the provider plugins that the installed Python packages need. It reads site-packages and
// asks no pip: that would cost every preview about a second.
func (host *languageHost) GetRequiredPackages(
	ctx context.Context, req *pulumirpc.GetRequiredPackagesRequest,
) (*pulumirpc.GetRequiredPackagesResponse, error) {
	python, err := interpreter(req.GetInfo())
	if err != nil {
		return nil, err
	}
	if err := python.ValidateVenv(ctx); err != nil {
		return nil, err
	}
	command, err := python.Command(ctx, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))")
	if err != nil {
		return nil, err
	}
	output, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("cannot ask %s for its site-packages folder: %w", command.Path, err)
	}
	dependencies, err := pluginsIn(strings.TrimSpace(string(output)))
	return &pulumirpc.GetRequiredPackagesResponse{Packages: dependencies}, err
}

func pluginsIn(sitePackages string) ([]*pulumirpc.PackageDependency, error) {
	found, err := filepath.Glob(filepath.Join(sitePackages, "*", "pulumi-plugin.json"))
	if err != nil {
		return nil, fmt.Errorf("cannot list %s: %w", sitePackages, err)
	}
	var dependencies []*pulumirpc.PackageDependency
	for _, path := range found {
		content, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("cannot read the plugin requirement: %w", err)
		}
		var plugin pluginFile
		if err := json.Unmarshal(content, &plugin); err != nil {
			return nil, fmt.Errorf("%s is not the JSON of a plugin requirement: %w", path, err)
		}
		if !plugin.Resource {
			continue
		}
		if plugin.Name == "" {
			plugin.Name = strings.ReplaceAll(strings.TrimPrefix(filepath.Base(filepath.Dir(path)), "pulumi_"), "_", "-")
		}
		dependencies = append(dependencies, &pulumirpc.PackageDependency{
			Name:    plugin.Name,
			Kind:    "resource",
			Version: plugin.Version,
			Server:  plugin.Server,
		})
	}
	return dependencies, nil
}
