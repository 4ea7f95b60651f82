// Command pulumi-language-python is the language host of this repository's source-built toolchain: the engine starts it
// to run the Python program. Pulumi's own host is a Go module that no module proxy serves, and the last one that still
// is (inside github.com/pulumi/pulumi/sdk/v3 v3.68.0) does not read the options of Pulumi.yaml as today's engine sends
// them, so `virtualenv:` would be ignored.
//
// Not here: how the interpreter is found (github.com/pulumi/pulumi/sdk/v3/python/toolchain, Pulumi's own code), and code
// generation, debuggers and `pulumi new`, which a deployment does not need.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/cmdutil"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/logging"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

// An engine that does not answer for this long is gone; the host then ends itself and leaves no orphan behind.
const engineSilence = 5 * time.Minute

// version is set at build time.
var version = "0.0.0-unversioned"

func main() {
	tracing := flag.String("tracing", "", "where to send traces (accepted, as every plugin must)")
	flag.Parse()
	logging.InitLogging(false, 0, false)
	cmdutil.InitTracing("pulumi-language-python", "pulumi-language-python", *tracing)
	if err := serve(flag.Arg(0), *tracing); err != nil {
		cmdutil.Exit(err)
	}
}

func serve(engineAddress, tracing string) error {
	if engineAddress == "" {
		return fmt.Errorf("the Pulumi engine starts this program and passes its address; to see the version run: pulumi about")
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("cannot find the own path of the language host: %w", err)
	}
	launcher := filepath.Join(filepath.Dir(self), "pulumi-language-python-exec")
	if _, err := os.Stat(launcher); err != nil {
		return fmt.Errorf("the script %s is missing: %w", launcher, err)
	}

	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if err := rpcutil.Healthcheck(ctx, engineAddress, engineSilence, cancel); err != nil {
		return fmt.Errorf("cannot watch the engine at %s: %w", engineAddress, err)
	}
	stop := make(chan bool)
	go func() {
		<-ctx.Done()
		close(stop)
	}()

	server, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: stop,
		Init: func(server *grpc.Server) error {
			pulumirpc.RegisterLanguageRuntimeServer(server, &languageHost{
				engineAddress: engineAddress,
				tracing:       tracing,
				launcher:      launcher,
			})
			return nil
		},
		Options: rpcutil.OpenTracingServerInterceptorOptions(nil),
	})
	if err != nil {
		return fmt.Errorf("cannot serve the language host: %w", err)
	}
	fmt.Println(server.Port) // the engine reads the port from the first line
	return <-server.Done
}
